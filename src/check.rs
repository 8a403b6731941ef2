//! What `goulet check` looks for in the lexicon and the places, beyond what compiling them finds.
//!
//! A term in two channels, a term that another always hides, a country form used by two countries, a channel that a
//! language lacks, a measure none of whose examples it matches.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes::{Channel, CountryCode, Language};
use crate::corpus::Document;
use crate::data::DataSource;
use crate::error::{Error, ErrorKind};
use crate::extract::candidates::{Candidates, Workspace};
use crate::extract::scan;
use crate::extract::sentence_view::word_starts;
use crate::lexicon::fold::{Folded, fold};
use crate::lexicon::sequences::Sequence;
use crate::lexicon::tables::{MeasureRow, PlaceRow};
use crate::lexicon::template::expand;
use crate::lexicon::{LanguageLexicon, Lexicon, Payload};

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Faults, each at its file and line.
    pub faults: Vec<Error>,
    /// What was looked at, in words.
    pub summary: Vec<String>,
}

/// Checks every language.
pub fn check(source: &DataSource) -> Findings {
    let mut findings = Findings::default();
    let lexicon = match Lexicon::load(source) {
        Ok(lexicon) => lexicon,
        Err(error) => {
            findings.faults.push(error);
            return findings;
        }
    };
    findings.summary.push(format!("{} sectors, {} materials", lexicon.sectors().count(), lexicon.materials().count()));
    for language in lexicon.languages().collect::<Vec<_>>() {
        match lexicon.language(language) {
            Ok(Some(compiled)) => {
                channels(source, compiled, &mut findings);
                two_channels(source, compiled, &mut findings);
                places(source, language, &mut findings);
                hidden(source, compiled, &mut findings);
                examples(source, compiled, &mut findings);
                findings.summary.push(format!(
                    "{language}: {} measures, {} goods, {} country forms, {} patterns",
                    compiled.measures.len(),
                    compiled.goods.len(),
                    compiled.places.len(),
                    compiled.names.len() + compiled.words.len() + compiled.function.len(),
                ));
            }
            Ok(None) => {}
            Err(error) => findings.faults.push(error),
        }
    }
    findings
}

fn fault(source: &DataSource, file: &str, line: u64, message: String, hint: &str) -> Error {
    Error::new(ErrorKind::Data, message).at_line(source.display(file), line).hint(hint)
}

fn channels(source: &DataSource, lexicon: &LanguageLexicon, findings: &mut Findings) {
    for channel in Channel::ALL {
        if !lexicon.measures.iter().any(|measure| measure.channel == Some(*channel)) {
            let file = format!("lexicon/{}/measures.csv", lexicon.language);
            let message = format!("no measure of channel {channel}");
            findings.faults.push(fault(source, &file, 1, message, "a language needs words for all four channels"));
        }
    }
}

/// One spelling that stands for measures of two channels.
fn two_channels(source: &DataSource, lexicon: &LanguageLexicon, findings: &mut Findings) {
    let file = format!("lexicon/{}/measures.csv", lexicon.language);
    for payloads in lexicon.words.lists() {
        let mut found: Option<(Option<Channel>, u64)> = None;
        for payload in payloads {
            let Payload::Measure(index) = payload else { continue };
            let measure = &lexicon.measures[*index as usize];
            match found {
                Some((channel, line)) if channel != measure.channel => {
                    let message = format!("`{}` has a spelling that line {line} gives to another channel", measure.id);
                    findings.faults.push(fault(
                        source,
                        &file,
                        measure.line,
                        message,
                        "one term, one channel: keep one row",
                    ));
                }
                Some(_) => {}
                None => found = Some((measure.channel, measure.line)),
            }
        }
    }
}

/// A measure that another of its channel always hides: the same words, found first, and no more required.
fn hidden(source: &DataSource, lexicon: &LanguageLexicon, findings: &mut Findings) {
    let file = format!("lexicon/{}/measures.csv", lexicon.language);
    let mut pairs: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut add = |first: u32, second: u32| {
        let [a, b] = [first, second].map(|index| &lexicon.measures[index as usize]);
        let hides = a.line < b.line && a.channel == b.channel && a.requires.is_within(b.requires);
        if hides {
            pairs.insert((second, first));
        }
    };
    // Of a row's spellings all must be hidden.
    let mut spellings: BTreeMap<u32, Vec<Vec<u32>>> = BTreeMap::new();
    for payloads in lexicon.words.lists() {
        let measures: Vec<u32> = payloads
            .iter()
            .filter_map(|payload| if let Payload::Measure(index) = payload { Some(*index) } else { None })
            .collect();
        for measure in &measures {
            spellings.entry(*measure).or_default().push(measures.clone());
        }
    }
    for (measure, lists) in spellings {
        for other in lists[0].clone().into_iter().filter(|other| lists.iter().all(|list| list.contains(other))) {
            add(other, measure);
        }
    }
    let mut forms: BTreeMap<Vec<u32>, Vec<&Sequence>> = BTreeMap::new();
    for sequence in &lexicon.sequences {
        forms.entry(sequence.parts.iter().map(|(class, _)| *class).collect()).or_default().push(sequence);
    }
    for group in forms.values() {
        for a in group {
            let reaches = |b: &Sequence| a.parts.iter().zip(&b.parts).all(|((_, wide), (_, narrow))| wide >= narrow);
            for b in group.iter().filter(|b| a.measure != b.measure && reaches(b)) {
                add(a.measure, b.measure);
            }
        }
    }
    for (measure, by) in pairs {
        let [measure, by] = [measure, by].map(|index| &lexicon.measures[index as usize]);
        let message = format!("`{}` is always hidden by the form of `{}` on line {}", measure.id, by.id, by.line);
        findings.faults.push(fault(
            source,
            &file,
            measure.line,
            message,
            "drop the row, or let the other require more",
        ));
    }
}

/// One spelling that names two countries, without the flag that says so.
fn places(source: &DataSource, language: Language, findings: &mut Findings) {
    let file = format!("places/{language}.csv");
    let Ok(rows) = source.table::<PlaceRow>(&file) else { return };
    let mut seen: BTreeMap<String, (Option<CountryCode>, u64)> = BTreeMap::new();
    for row in rows {
        let flags = row.value.flag.as_deref().unwrap_or("");
        if flags.contains("pair") {
            continue;
        }
        for spelling in expand(&row.value.form).unwrap_or_default() {
            // Forms told apart by their capitals are different forms.
            let key = if flags.contains("case") { spelling } else { fold(&spelling) };
            match seen.get(&key) {
                Some((country, line)) if *country != row.value.country => {
                    let message = format!("`{key}` already names another country on line {line}");
                    let hint = "a form names one country: keep one row, or flag both `pair`";
                    findings.faults.push(fault(source, &file, row.line, message, hint));
                }
                Some(_) => {}
                None => {
                    seen.insert(key, (row.value.country, row.line));
                }
            }
        }
    }
}

/// A measure whose example it does not match reads nothing.
fn examples(source: &DataSource, lexicon: &LanguageLexicon, findings: &mut Findings) {
    let file = format!("lexicon/{}/measures.csv", lexicon.language);
    let Ok(rows) = source.table::<MeasureRow>(&file) else { return };
    for row in rows {
        let Some(example) = row.value.example.filter(|example| !example.is_empty()) else { continue };
        let text = Document::join("", &example);
        let folded = Folded::new(&text);
        let words = lexicon.text(&folded.text);
        // An example may leave its goods out: only the words are looked at.
        let mut scan = scan::scan(lexicon, &folded, &words, &text);
        scan.has_goods = true;
        let mut workspace = Workspace::default();
        let mut candidates = Candidates::new(lexicon, &scan, &mut workspace);
        let whole = 0..folded.text.len();
        // A decoy hides its words before measures are put together.
        let matched = row.value.channel.is_none()
            || (candidates.look(&whole)
                && candidates
                    .of(&word_starts(lexicon, &words, &whole))
                    .iter()
                    .any(|found| found.measure.line == row.line));
        if !matched {
            let message = format!("`{}`: its form does not match its example: {example}", row.value.id);
            findings.faults.push(fault(source, &file, row.line, message, "mend the form or the example"));
        }
    }
}
