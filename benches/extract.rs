//! Speed of the extraction per language, on one core, with everything on: `cargo bench --bench extract`.
//!
//! Two corpora, so that nobody has to guess what a figure is of: `stream`, ordinary news (`benches/news`) with one labelled
//! document in twenty, as a news feed is; and `labelled`, the labelled documents alone, where nearly every sentence states
//! something. Figures are the best of several rounds: other work on the machine only ever adds time.

use std::path::Path;
use std::time::{Duration, Instant};

use goulet::codes::Language;
use goulet::corpus::Document;
use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor, entities, scan, sentence};
use goulet::lexicon::fold::Folded;
use goulet::lexicon::{LanguageLexicon, Lexicon};

// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ordinary items to one labelled document in the stream.
const ORDINARY: usize = 19;
/// Bytes read in a round.
const ROUND: usize = 4_000_000;
/// Rounds, of which the best counts.
const ROUNDS: usize = 5;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    // `cargo test --benches` only wants to see it start.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("language  corpus     MB/s   | ms per MB: fold  match  entities  sentences  statements | compile ms");
    for code in ["en", "fr", "es", "de", "ja", "ko", "zh"] {
        let language: Language = code.parse()?;
        let lexicon = Lexicon::load(&DataSource::open(None)?)?;
        let start = Instant::now();
        let Some(compiled) = lexicon.language(language)? else { continue };
        let compile = start.elapsed();
        let labelled = labelled(root, language)?;
        let news = ordinary(root, language)?;
        let stream = (0..labelled.len() * ORDINARY).map(|i| &news[i % news.len()]).chain(&labelled).collect::<Vec<_>>();
        for (name, documents) in [("stream", stream), ("labelled", labelled.iter().collect())] {
            report(&lexicon, compiled, name, &documents, compile)?;
        }
    }
    Ok(())
}

fn report(
    lexicon: &Lexicon,
    compiled: &LanguageLexicon,
    name: &str,
    documents: &[&Document],
    compile: Duration,
) -> Result<(), Failure> {
    let size: usize = documents.iter().map(|document| document.text.len()).sum();
    let repeats = (ROUND / size).max(1);
    let megabytes = (size * repeats) as f64 / 1e6;
    let extractor = Extractor::new(lexicon, DEFAULT_CERTAINTIES);
    let (mut whole, mut stages) = (f64::MAX, [f64::MAX; 4]);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for document in documents.iter().cycle().take(documents.len() * repeats) {
            std::hint::black_box(extractor.read(document)?);
        }
        whole = whole.min(start.elapsed().as_secs_f64());
        for (best, time) in stages.iter_mut().zip(stage_times(compiled, documents, repeats)) {
            *best = best.min(time.as_secs_f64());
        }
    }
    let per_megabyte = |seconds: f64| 1e3 * seconds / megabytes;
    let [fold, matching, entities, sentences] = stages.map(per_megabyte);
    // What is left: sentences put together, roles, parties, status, goods, evidence.
    let statements = (per_megabyte(whole) - fold - matching - entities).max(0.0);
    println!(
        "{:8}  {name:9} {:6.1}   |            {fold:4.1}  {matching:5.1}  {entities:8.1}  {sentences:9.1}  {statements:10.1} | {:.0}",
        compiled.language.to_string(),
        megabytes / whole,
        compile.as_secs_f64() * 1e3,
    );
    Ok(())
}

/// Time of each stage over all documents: fold, match, entities, sentences.
fn stage_times(lexicon: &LanguageLexicon, documents: &[&Document], repeats: usize) -> [Duration; 4] {
    let mut times = [Duration::ZERO; 4];
    for document in documents.iter().cycle().take(documents.len() * repeats) {
        let mut timed = 0;
        let mut start = Instant::now();
        let mut lap = || {
            times[timed] += start.elapsed();
            timed += 1;
            start = Instant::now();
        };
        let folded = Folded::new(&document.text);
        lap();
        let text = lexicon.text(&folded.text);
        let mut scan = scan::Scan::default();
        scan.find_names(lexicon, &folded, &text, &document.text);
        if scan.has_country(lexicon) {
            scan.find_words(lexicon, &text);
        }
        lap();
        let layout = entities::Layout::of(lexicon, document, &folded, &scan);
        std::hint::black_box(entities::list(lexicon, document, (&folded, &layout), &scan));
        lap();
        std::hint::black_box(sentence::split(&document.text, document.title_len, &lexicon.abbreviations));
        lap();
    }
    times
}

/// Shorter labelled texts are excerpts of a sentence or two, not documents of a feed: bytes.
const DOCUMENT: usize = 600;

/// The labelled documents of a language, excerpts left out.
fn labelled(root: &Path, language: Language) -> Result<Vec<Document>, Failure> {
    let mut documents = Vec::new();
    for part in ["develop", "held_back"] {
        let lines = fs_err::read_to_string(root.join(format!("tests/gold/{part}/{language}.jsonl")))?;
        for line in lines.lines() {
            let fields: serde_json::Value = serde_json::from_str(line)?;
            let field = |name: &str| fields[name].as_str().unwrap_or_default();
            documents.push(document(language, field("id"), field("title"), field("text")));
        }
    }
    documents.retain(|document| document.text.len() >= DOCUMENT);
    Ok(documents)
}

/// The ordinary items of a language: a title line and a paragraph, blank lines between.
fn ordinary(root: &Path, language: Language) -> Result<Vec<Document>, Failure> {
    let text = fs_err::read_to_string(root.join(format!("benches/news/{language}.txt")))?;
    let items = text.split("\n\n").filter_map(|item| item.trim().split_once('\n'));
    Ok(items.enumerate().map(|(i, (title, body))| document(language, &i.to_string(), title, body)).collect())
}

fn document(language: Language, id: &str, title: &str, body: &str) -> Document {
    Document {
        id: id.to_owned(),
        date: None,
        language,
        publisher: String::new(),
        url: String::new(),
        title_len: title.len(),
        text: Document::join(title, body),
    }
}
