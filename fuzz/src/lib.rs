//! What the fuzz targets call: every reader, the extractor, the model file and the lexicon, on any bytes.
//!
//! Each holds when it returns: a panic is a finding, and so is an answer that contradicts itself.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use goulet::corpus::{Corpus, Document, Options};
use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
use goulet::lexicon::Lexicon;
use goulet::model::Model;
use goulet::warning::Warnings;
use tempfile::TempDir;

static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::load(&DataSource::Embedded).expect("the tables inside the program are valid"));

/// Tables of the lexicon that the bytes take the place of; the first byte chooses.
const TABLES: &[&str] = &["goods.csv", "language.toml"];

thread_local! {
    static FOLDER: TempDir = TempDir::new().expect("a scratch folder");
    static DATA: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// Reads a file of these bytes to its end.
pub fn read(bytes: &[u8], name: &str) {
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

/// Extracts from a text, its first line the title.
pub fn extract(text: &str) {
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let (language, title) = title.split_at_checked(2).unwrap_or(("en", title));
    let document = Document {
        id: "a".into(),
        date: None,
        language: language.parse().or_else(|_| "en".parse()).expect("en is a language"),
        publisher: String::new(),
        url: String::new(),
        title_len: title.len(),
        text: Document::join(title, body),
    };
    let reading = Extractor::new(&LEXICON, DEFAULT_CERTAINTIES).read(&document).expect("the lexicon is valid");
    for mention in &reading.mentions {
        assert!(document.text.get(mention.start..mention.end).is_some(), "{mention:?}");
    }
}

/// Reads a model file.
pub fn model(text: &str) {
    // What is wrong with it is an answer.
    let _ = Model::from_toml(text, Path::new("model.toml"));
}

/// Loads the lexicon with one of its tables replaced.
pub fn lexicon(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let data = DATA.with(|data| data.borrow_mut().get_or_insert_with(copy_of_the_data).clone());
    let table = data.join("lexicon/en").join(TABLES[usize::from(*first) % TABLES.len()]);
    let before = std::fs::read(&table).expect("the table was copied");
    std::fs::write(&table, rest).expect("the scratch folder takes a file");
    let _ = Lexicon::load(&DataSource::Folder(data.clone()));
    std::fs::write(&table, before).expect("the scratch folder takes a file");
}

fn copy_of_the_data() -> PathBuf {
    let folder = TempDir::new().expect("a scratch folder").keep();
    let source = DataSource::Embedded;
    for name in source.files().expect("the tables are listed") {
        let path = folder.join(&name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the scratch folder takes one");
        std::fs::write(path, source.read_bytes(&name).expect("the table is there")).expect("it takes a file");
    }
    folder
}
