//! One pass over the tags of a page: its text, what it says of itself, and how deep it is nested.
//!
//! The pass builds no tree, so that it takes time and memory in proportion to the page whatever the page does.

use std::cell::RefCell;
use std::collections::BTreeMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

/// Elements that stand within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
];

/// Elements that hold nothing, or none of their own name, or that need no tag to close them.
const NOT_NESTING: &[&str] = &[
    "area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li", "link",
    "meta", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
];

/// What a page holds.
#[derive(Debug, Default)]
pub(in crate::corpus::read) struct Page {
    /// `lang` of the root.
    pub language: String,
    /// `<title>`.
    pub title: String,
    /// The first `<h1>`.
    pub heading: String,
    /// Metadata by name in lower case; the first of a name stands.
    pub meta: BTreeMap<String, String>,
    /// `<link rel="canonical">`.
    pub canonical: String,
    /// Blocks of schema.org data, as written.
    pub linked_data: Vec<String>,
    /// The text, a line a block.
    pub text: String,
    /// How many elements there are.
    pub elements: usize,
    /// How many stood open at once, as far as tags tell.
    pub depth: usize,
    times: Vec<String>,
}

impl Page {
    /// Reads a page, or a fragment of one.
    pub fn read(html: &str) -> Self {
        let sink = Sink::default();
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from(html));
        let tokenizer = Tokenizer::new(sink, Default::default());
        // Scripts are text here: nothing stops the tokeniser before the end.
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        let mut page = tokenizer.sink.0.into_inner().page;
        for text in [&mut page.text, &mut page.title, &mut page.heading] {
            *text = tidy(text);
        }
        page
    }

    /// The first metadata of these names, or nothing.
    pub fn meta(&self, names: &[&str]) -> &str {
        names.iter().find_map(|name| self.meta.get(*name)).map_or("", String::as_str)
    }

    /// The time of a page that states one only: of several, none need be its own.
    pub fn only_time(&self) -> Option<&str> {
        let first = self.times.first()?;
        self.times.iter().all(|time| time == first).then_some(first)
    }
}

/// Text with single spaces, a line a block and no blank lines.
pub(in crate::corpus::read) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for line in text.lines() {
        let start = tidy.len();
        for word in line.split_whitespace() {
            if tidy.len() > start {
                tidy.push(' ');
            }
            tidy.push_str(word);
        }
        if tidy.len() > start {
            tidy.push('\n');
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// Where characters go.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Into {
    #[default]
    Text,
    Title,
    LinkedData,
    Nowhere,
}

#[derive(Default)]
struct State {
    page: Page,
    into: Into,
    open: usize,
    is_in_heading: bool,
}

#[derive(Default)]
struct Sink(RefCell<State>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return state.start(&tag),
            Token::TagToken(tag) => state.end(&tag.name),
            Token::CharacterTokens(text) => state.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        self.page.elements += 1;
        if !NOT_NESTING.contains(&name) && !tag.self_closing {
            self.open += 1;
            self.page.depth = self.page.depth.max(self.open);
        }
        match name {
            "html" => self.page.language = attribute(tag, "lang").or(attribute(tag, "xml:lang")).unwrap_or_default(),
            "meta" => self.metadata(tag),
            "link" if attribute(tag, "rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.page.canonical = attribute(tag, "href").unwrap_or_default();
            }
            "time" => self.page.times.extend(attribute(tag, "datetime").filter(|time| !time.is_empty())),
            "h1" if self.page.heading.is_empty() => self.is_in_heading = true,
            _ => {}
        }
        if let Some(stated) = attribute(tag, "itemprop").filter(|name| name.eq_ignore_ascii_case("datePublished")) {
            let value = attribute(tag, "content").or(attribute(tag, "datetime"));
            self.page.meta.entry(stated.to_ascii_lowercase()).or_insert(value.unwrap_or_default());
        }
        self.break_line(name);
        self.raw(tag, name)
    }

    /// Elements whose content is no markup.
    fn raw(&mut self, tag: &Tag, name: &str) -> TokenSinkResult<()> {
        let (into, kind) = match name {
            // A title within a drawing is not the page's.
            "title" if self.page.title.is_empty() => (Into::Title, RawKind::Rcdata),
            "title" | "textarea" => (Into::Nowhere, RawKind::Rcdata),
            "script" if attribute(tag, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json")) => {
                self.page.linked_data.push(String::new());
                (Into::LinkedData, RawKind::ScriptData)
            }
            "script" => (Into::Nowhere, RawKind::ScriptData),
            "style" | "noscript" | "iframe" | "noembed" | "noframes" | "xmp" => (Into::Nowhere, RawKind::Rawtext),
            _ => return TokenSinkResult::Continue,
        };
        self.into = into;
        TokenSinkResult::RawData(kind)
    }

    fn metadata(&mut self, tag: &Tag) {
        let Some(content) = attribute(tag, "content").filter(|content| !content.is_empty()) else { return };
        for by in ["property", "name", "itemprop", "http-equiv"] {
            for name in attribute(tag, by).unwrap_or_default().split_whitespace() {
                self.page.meta.entry(name.to_ascii_lowercase()).or_insert_with(|| content.clone());
            }
        }
    }

    fn end(&mut self, name: &str) {
        self.into = Into::Text;
        if !NOT_NESTING.contains(&name) {
            self.open = self.open.saturating_sub(1);
        }
        if name == "h1" {
            self.is_in_heading = false;
        }
        self.break_line(name);
    }

    fn characters(&mut self, text: &str) {
        match self.into {
            Into::Text => {
                // Line ends inside a block are spaces.
                let spaced = text.replace(['\n', '\r'], " ");
                if self.is_in_heading {
                    self.page.heading.push_str(&spaced);
                }
                self.page.text.push_str(&spaced);
            }
            Into::Title => self.page.title.push_str(&text.replace(['\n', '\r'], " ")),
            Into::LinkedData => self.page.linked_data.last_mut().into_iter().for_each(|block| block.push_str(text)),
            Into::Nowhere => {}
        }
    }

    fn break_line(&mut self, name: &str) {
        if !INLINE.contains(&name) {
            self.page.text.push('\n');
        }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.trim().to_owned())
}
