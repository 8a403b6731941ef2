//! Who acts on whom in passive, nominal and list forms: sentences of `tests/cases`, forty a language.
//!
//! `form` is `passive`, `nominal` or `list`; a sentence with several parties has a row for each pair it states. No reading
//! of the channel may turn origin and target round; and so many of the rows must be read with the right origin.

use std::collections::{BTreeMap, BTreeSet};

use goulet::data::DataSource;
use goulet::extract::{DEFAULT_CERTAINTIES, Extractor};
use goulet::lexicon::Lexicon;

use crate::support::{code, document, root, table};

/// Language, and the rows whose origin is read right: under what was reached when the test was written.
const FLOORS: [(&str, f64); 7] =
    [("en", 0.85), ("fr", 0.80), ("de", 0.65), ("es", 0.70), ("ja", 0.80), ("ko", 0.80), ("zh", 0.75)];

#[test]
fn no_form_reverses_origin_and_target() {
    let lexicon = Lexicon::load(&DataSource::open(None).unwrap()).unwrap();
    let extractor = Extractor::new(&lexicon, DEFAULT_CERTAINTIES);
    let mut faults = Vec::new();
    for (language, floor) in FLOORS {
        // Sentence → (channel, origin, target) it states.
        let mut sentences: BTreeMap<String, Vec<(String, String, String)>> = BTreeMap::new();
        let mut forms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in table(&root().join(format!("tests/cases/{language}.csv"))) {
            let stated = (row["channel"].clone(), row["origin"].clone(), row["target"].clone());
            sentences.entry(row["sentence"].clone()).or_default().push(stated);
            forms.entry(row["form"].clone()).or_default().insert(row["sentence"].clone());
        }
        assert!(forms.len() == 3 && sentences.len() >= 30, "{language}: {} sentences", sentences.len());
        let (mut right, mut rows) = (0, 0);
        for (sentence, stated) in &sentences {
            let mentions = extractor.read(&document(language, "", sentence)).unwrap().mentions;
            for (channel, origin, target) in stated {
                rows += 1;
                right +=
                    usize::from(mentions.iter().any(|m| m.channel.as_str() == channel && code(m.origin) == *origin));
                let reversed = mentions.iter().find(|m| {
                    !target.is_empty()
                        && m.channel.as_str() == channel
                        && code(m.origin) == *target
                        && code(m.target) == *origin
                });
                if let Some(mention) = reversed {
                    faults.push(format!("{language}: reversed by {}: {sentence}", mention.lexeme));
                }
            }
        }
        let share = right as f64 / rows as f64;
        if share < floor {
            faults.push(format!("{language}: {right} of {rows} origins right, expected {floor}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
