//! What the fuzz targets call: every reader, the extractor, the model file and the lexicon, on any bytes. The tests of the
//! main package call the same (`tests/it/fuzzed.rs`).
//!
//! Each holds when it returns: a panic is a finding, and so is an answer that contradicts itself.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use goulet::check;
use goulet::corpus::{Corpus, Document, Options};
use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
use goulet::lexicon::Lexicon;
use goulet::model::{self, Model, Table};
use goulet::warning::Warnings;
use ndarray::Array2;
use tempfile::TempDir;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::load(&DataSource::Embedded).expect("the tables inside the program are valid"));

/// A small set of data: the tables that the bytes take the place of.
const TABLES: &[(&str, &str)] = &[
    ("sectors.csv", include_str!("../data/sectors.csv")),
    ("materials.csv", include_str!("../data/materials.csv")),
    ("lexicon/frames.csv", include_str!("../data/lexicon/frames.csv")),
    ("lexicon/en/language.toml", include_str!("../data/lexicon/en/language.toml")),
    ("lexicon/en/classes.csv", include_str!("../data/lexicon/en/classes.csv")),
    ("lexicon/en/measures.csv", include_str!("../data/lexicon/en/measures.csv")),
    ("lexicon/en/goods.csv", include_str!("../data/lexicon/en/goods.csv")),
    ("lexicon/en/cues.csv", include_str!("../data/lexicon/en/cues.csv")),
    ("lexicon/en/roles.csv", include_str!("../data/lexicon/en/roles.csv")),
    ("lexicon/en/shares.csv", include_str!("../data/lexicon/en/shares.csv")),
    ("places/en.csv", include_str!("../data/places/en.csv")),
    ("places/organisations.csv", include_str!("../data/places/organisations.csv")),
    ("places/context.csv", include_str!("../data/places/context.csv")),
];

/// What a lexicon is tried on.
const TEXT: &str = "In retaliation, Beijing threatened to halt exports of gallium and semiconductors to the U.S. Japan \
                    depends on China for 98% of it, while Chinese export controls, announced by China Gallium Inc., hit the NYSE.";

thread_local! {
    static FOLDER: TempDir = TempDir::new().expect("a scratch folder");
    static DATA: TempDir = small_data();
}

/// A target: what it is called, and what it does with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("read_text", |bytes| read(bytes, "a.md")),
    ("read_html", |bytes| read(bytes, "a.html")),
    ("read_feed", |bytes| read(bytes, "a.xml")),
    ("read_json_lines", |bytes| read(bytes, "a.jsonl")),
    ("read_csv", |bytes| read(bytes, "a.csv")),
    ("read_tsv", |bytes| read(bytes, "a.tsv")),
    ("read_parquet", |bytes| read(bytes, "a.parquet")),
    ("read_warc", |bytes| read(bytes, "a.warc")),
    ("read_gzip", |bytes| read(bytes, "a.jsonl.gz")),
    ("read_zstd", |bytes| read(bytes, "a.jsonl.zst")),
    ("extract", |bytes| extract(&String::from_utf8_lossy(bytes))),
    ("model", |bytes| model(&String::from_utf8_lossy(bytes))),
    ("lexicon", lexicon),
];

/// Runs a target of [`TARGETS`].
pub fn run(target: &str, bytes: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(name, _)| *name == target).expect("the target is in the table");
    target(bytes);
}

/// Reads a file of these bytes to its end.
fn read(bytes: &[u8], name: &str) {
    FOLDER.with(|folder| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the scratch folder takes a file");
        let options = Options { max_record: 1 << 20, ..Options::default() };
        let corpus = Corpus::open(&[path], options).expect("the extension is known");
        let warnings = Warnings::default();
        for batch in corpus.batches(&warnings) {
            for document in batch.into_iter().flatten() {
                assert_eq!(Document::join(document.title(), document.body()), document.text);
            }
        }
    });
}

/// Extracts from a text: two letters of a language, the title to the end of the line, the body.
fn extract(text: &str) {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let (language, title) = title.split_at_checked(2).unwrap_or(("en", title));
    extract_with(&LEXICON, language, title, body);
}

fn extract_with(lexicon: &Lexicon, language: &str, title: &str, body: &str) {
    let document = Document {
        id: "a".into(),
        date: None,
        language: language.parse().or_else(|_| "en".parse()).expect("en is a language"),
        publisher: String::new(),
        url: String::new(),
        title_len: title.len(),
        text: Document::join(title, body),
    };
    let reading = Extractor::new(lexicon, DEFAULT_CERTAINTIES).read(&document).expect("the lexicon is valid");
    for mention in &reading.mentions {
        assert!(document.text.get(mention.start..mention.end).is_some(), "{mention:?}");
        assert!(document.text.contains(&mention.evidence), "{mention:?}");
        assert!((0.0..=1.0).contains(&mention.severity) && mention.origin != mention.target, "{mention:?}");
    }
}

/// Reads a model file; one that is accepted scores a small table.
fn model(text: &str) {
    // What is wrong with it is an answer.
    let Ok(mut model) = Model::from_toml(text, Path::new("model.toml")) else { return };
    let uncertainty = &mut model.settings.uncertainty;
    // Work that the file may ask for, but not at every input.
    uncertainty.draws = uncertainty.draws.min(8);
    uncertainty.sobol = uncertainty.sobol.min(4);
    uncertainty.bootstrap = uncertainty.bootstrap.min(8);
    let leaves: Vec<String> =
        model.tree.leaves().iter().map(|leaf| model.tree.nodes()[*leaf].code().to_owned()).collect();
    let units: Vec<String> = (0..5).map(|unit| format!("u{unit}")).collect();
    // Zeros, gaps, negative numbers and one that is far off.
    let cells = [0.0, f64::NAN, 12.5, -3.0, 1e9, 50.0, 50.0];
    let values =
        Array2::from_shape_fn((units.len(), leaves.len()), |(row, column)| cells[(3 * row + column) % cells.len()]);
    let table = Table::new(units, leaves, values);
    if let Ok(scores) = model::score(&table, &model, None) {
        assert_eq!(scores.rows.len(), scores.units.len());
    }
}

/// Loads a small lexicon of which one table, chosen by the first byte, is replaced by the rest; one that is accepted reads
/// a text.
fn lexicon(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let (name, before) = TABLES[usize::from(*first) % TABLES.len()];
    DATA.with(|data| {
        let table = data.path().join(name);
        std::fs::write(&table, rest).expect("the scratch folder takes a file");
        read_with(data.path().to_owned());
        std::fs::write(&table, before).expect("the scratch folder takes a file");
    });
}

fn read_with(data: PathBuf) {
    let source = DataSource::Folder(data);
    check::check(&source);
    let Ok(lexicon) = Lexicon::load(&source) else { return };
    if lexicon.compile_all(lexicon.languages()).is_ok() {
        extract_with(&lexicon, "en", "China bans exports of gallium to Japan", TEXT);
    }
}

fn small_data() -> TempDir {
    let folder = TempDir::new().expect("a scratch folder");
    for (name, content) in TABLES {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the scratch folder takes one");
        std::fs::write(path, content).expect("the scratch folder takes a file");
    }
    folder
}
