//! A record of an archive made a document.

use crate::corpus::date::parse_date;
use crate::corpus::decode;
use crate::corpus::fault::Fault;
use crate::corpus::fields::{Field, Fields};
use crate::corpus::read::html;

use super::http::Answer;

/// How a record holds its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Within an HTTP answer.
    Answer,
    /// As it is.
    Bare,
}

impl Kind {
    /// What a record of this type holds; nothing where that is no page.
    pub fn of(record: &str, content_type: &str) -> Option<Self> {
        match record {
            "response" if content_type.starts_with("application/http") || content_type.is_empty() => Some(Self::Answer),
            "response" | "resource" | "conversion" if Markup::of(content_type).is_some() => Some(Self::Bare),
            _ => None,
        }
    }
}

/// How a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    Html,
    Plain,
}

impl Markup {
    fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match kind.as_str() {
            "text/html" | "application/xhtml+xml" => Some(Self::Html),
            "text/plain" => Some(Self::Plain),
            _ => None,
        }
    }
}

/// A page, not yet unpacked.
#[derive(Debug)]
pub(super) struct Page {
    body: Body,
    markup: Markup,
    charset: Option<String>,
}

#[derive(Debug)]
enum Body {
    Answer(Answer),
    Bare(Vec<u8>),
}

impl Page {
    /// Cuts the block of a record; the error names what it holds instead of a page.
    pub fn cut(kind: Kind, block: Vec<u8>, content_type: String) -> Result<Self, String> {
        let (body, content_type) = match kind {
            Kind::Bare => (Body::Bare(block), content_type),
            Kind::Answer => {
                let answer = Answer::read(block).ok_or("no HTTP answer")?;
                if !(200..300).contains(&answer.status) {
                    return Err(format!("status {}", answer.status));
                }
                if let Some(encoding) = answer.unread_encoding() {
                    return Err(format!("compressed as {encoding}"));
                }
                let content_type = answer.content_type.clone();
                (Body::Answer(answer), content_type)
            }
        };
        let Some(markup) = Markup::of(&content_type) else {
            let kind = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
            return Err(if kind.is_empty() { "without a content type".to_owned() } else { kind });
        };
        Ok(Self { body, markup, charset: charset(&content_type) })
    }

    /// The fields of the page, with the date and address of the crawl where it has none of its own.
    pub fn fields(self, date: &str, url: &str, max: usize, number: u64, faults: &mut Vec<Fault>) -> Option<Fields> {
        let (bytes, is_whole) = match self.body {
            Body::Bare(bytes) => (bytes, true),
            Body::Answer(answer) => answer.body(max),
        };
        if !is_whole {
            let message =
                format!("the page of record {number} is cut off or too long; what could be read of it is kept");
            faults.push(Fault::loss("truncated", message));
        }
        let mut fields = match self.markup {
            Markup::Html => html::fields(bytes, self.charset.as_deref(), faults)?,
            Markup::Plain => {
                let mut fields = Fields::default();
                fields.set(Field::Text, decode::whole(bytes, faults)?, number);
                fields
            }
        };
        if fields.get(Field::Date).is_none_or(|date| parse_date(date).is_err()) && !date.is_empty() {
            fields.set(Field::Date, date.to_owned(), number);
        }
        for (field, value) in [(Field::Url, url), (Field::Source, html::host(url))] {
            if fields.get(field).is_none() && html::is_web(url) {
                fields.set(field, value.to_owned(), number);
            }
        }
        Some(fields)
    }
}

/// The encoding in a content type.
fn charset(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset=")?;
    let name = rest.split(';').next()?.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}
