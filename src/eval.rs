//! How well the extraction reads: mentions against labelled documents.
//!
//! A prediction and a label agree on (document, channel, sector, origin); precision, recall and F1 are micro-averaged over these
//! keys. Over the pairs that agree (mitigation aside) the shares with the right target, status and material follow. Optional
//! labels neither reward nor punish; `sector_alt` and `status_alt` list other accepted values.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::extract::Mention;

/// A labelled document, one JSON line of the gold file.
#[derive(Debug, Clone, Deserialize)]
pub struct GoldDocument {
    /// Document id.
    pub id: String,
    /// Language, for the figures by language.
    #[serde(default)]
    pub language: String,
    /// What it states; none for a negative.
    pub events: Vec<GoldEvent>,
}

/// One labelled event.
#[derive(Debug, Clone, Deserialize)]
pub struct GoldEvent {
    /// Channel.
    pub channel: String,
    /// Sector.
    pub sector: String,
    /// Other accepted sectors.
    #[serde(default)]
    pub sector_alt: Vec<String>,
    /// Materials, separated by `|`; any is right.
    pub material: Option<String>,
    /// Origin.
    #[serde(alias = "source")]
    pub origin: Option<String>,
    /// Target.
    pub target: Option<String>,
    /// Status.
    pub status: String,
    /// Other accepted statuses.
    #[serde(default)]
    pub status_alt: Vec<String>,
    /// Arguable: neither rewarded nor punished.
    #[serde(default)]
    pub optional: bool,
    /// The words that state it.
    #[serde(default)]
    pub evidence: String,
    /// The share of supply stated, where the label gives one.
    pub share: Option<f64>,
}

/// Channel, sector, origin.
type Key = (String, String, String);

impl GoldEvent {
    fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let origin = self.origin.clone().unwrap_or_default();
        let sectors = std::iter::once(&self.sector).chain(&self.sector_alt);
        sectors.map(move |sector| (self.channel.clone(), sector.clone(), origin.clone()))
    }

    fn has_status(&self, status: &str) -> bool {
        self.status == status || self.status_alt.iter().any(|other| other == status)
    }

    /// Whether a share is the labelled one, to a percentage point.
    fn has_share(&self, found: Option<f64>) -> bool {
        self.share.zip(found).is_some_and(|(share, found)| (found - share).abs() <= 0.01)
    }

    fn has_material(&self, found: &str) -> bool {
        let Some(materials) = self.material.as_deref().filter(|materials| !materials.is_empty()) else { return true };
        materials.split('|').any(|material| plain(material) == plain(found))
    }
}

/// Letters only, without a plural s: how materials are compared.
fn plain(material: &str) -> String {
    let letters: String = material.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    letters.trim_end_matches('s').to_owned()
}

/// Hits, false alarms and misses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Labels found.
    pub found: u32,
    /// Predictions without a label.
    pub false_alarms: u32,
    /// Labels not found.
    pub missed: u32,
}

impl Tally {
    /// Found / predicted; 0 where nothing was predicted.
    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.false_alarms)
    }

    /// Found / labelled; 0 where nothing was labelled.
    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }

    /// Harmonic mean of both.
    pub fn f1(&self) -> f64 {
        share(2 * self.found, 2 * self.found + self.false_alarms + self.missed)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

/// A false alarm or a miss, with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Document.
    pub document: String,
    /// `false` or `missed`.
    pub kind: &'static str,
    /// Channel.
    pub channel: String,
    /// Sector.
    pub sector: String,
    /// Origin.
    pub origin: String,
    /// The rule that misread (false alarms).
    pub lexeme: String,
    /// The sentence, or the labelled words.
    pub evidence: String,
}

/// The figures.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// Labelled documents.
    pub documents: usize,
    /// Over all keys.
    pub overall: Tally,
    /// By channel.
    pub channels: BTreeMap<String, Tally>,
    /// By language.
    pub languages: BTreeMap<String, Tally>,
    /// By sector.
    pub sectors: BTreeMap<String, Tally>,
    /// Pairs that agree, mitigation aside, and how many have the right target, status and material.
    pub pairs: u32,
    /// Right target.
    pub target: u32,
    /// Right status.
    pub status: u32,
    /// Right material.
    pub material: u32,
    /// Pairs whose label gives a share of supply, and how many have it right.
    pub shares: (u32, u32),
    /// Negatives that state nothing, and all negatives.
    pub negatives: (u32, u32),
    /// What went wrong.
    pub mistakes: Vec<Mistake>,
}

/// Reads a gold file.
///
/// # Errors
/// When it is missing or a line is not a labelled document.
pub fn read_gold(path: &Path) -> Result<Vec<GoldDocument>> {
    let text = fs_err::read_to_string(path).map_err(|cause| Error::io(path, cause))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|cause| {
                Error::new(ErrorKind::Format, cause.to_string())
                    .at_line(path, number as u64 + 1)
                    .hint("each line holds one JSON object with `id` and `events`")
            })
        })
        .collect()
}

/// The id of a document as labels name it: without folder and extension.
fn bare(id: &str) -> &str {
    let name = id.rsplit('/').next().unwrap_or(id);
    name.strip_suffix(".txt").unwrap_or(name)
}

/// Compares mentions with labels. Mentions of documents without labels are left aside.
pub fn evaluate(mentions: &[Mention], gold: &[GoldDocument]) -> Evaluation {
    let mut found: BTreeMap<&str, BTreeMap<Key, Vec<&Mention>>> = BTreeMap::new();
    for mention in mentions {
        let origin = mention.origin.map(|origin| origin.to_string()).unwrap_or_default();
        let key = (mention.channel.to_string(), mention.sector.to_string(), origin);
        found.entry(bare(&mention.doc_id)).or_default().entry(key).or_default().push(mention);
    }
    let mut evaluation = Evaluation { documents: gold.len(), ..Evaluation::default() };
    for document in gold {
        let predicted = found.remove(document.id.as_str()).unwrap_or_default();
        evaluation.add(document, &predicted);
    }
    evaluation
}

impl Evaluation {
    fn add(&mut self, document: &GoldDocument, predicted: &BTreeMap<Key, Vec<&Mention>>) {
        if document.events.is_empty() {
            self.negatives.1 += 1;
            self.negatives.0 += u32::from(predicted.is_empty());
        }
        let mut required: BTreeMap<Key, Vec<&GoldEvent>> = BTreeMap::new();
        for event in document.events.iter().filter(|event| !event.optional) {
            if let Some(key) = event.keys().next() {
                required.entry(key).or_default().push(event);
            }
        }
        for (key, events) in &required {
            let hit = events.iter().flat_map(|event| event.keys()).find_map(|key| predicted.get(&key));
            let Some(mentions) = hit else {
                self.count(document, key, |tally| tally.missed += 1);
                let evidence = events.first().map(|event| event.evidence.clone()).unwrap_or_default();
                self.mistake(document, "missed", key, String::new(), evidence);
                continue;
            };
            self.count(document, key, |tally| tally.found += 1);
            if key.0 != "mitigation" {
                self.compare(events, mentions);
            }
        }
        let allowed: BTreeSet<Key> = document.events.iter().flat_map(GoldEvent::keys).collect();
        for (key, mentions) in predicted.iter().filter(|(key, _)| !allowed.contains(*key)) {
            self.count(document, key, |tally| tally.false_alarms += 1);
            if let Some(first) = mentions.first() {
                self.mistake(document, "false", key, first.lexeme.clone(), first.evidence.clone());
            }
        }
    }

    fn count(&mut self, document: &GoldDocument, key: &Key, mut change: impl FnMut(&mut Tally)) {
        change(&mut self.overall);
        change(self.channels.entry(key.0.clone()).or_default());
        change(self.sectors.entry(key.1.clone()).or_default());
        change(self.languages.entry(document.language.clone()).or_default());
    }

    fn compare(&mut self, events: &[&GoldEvent], mentions: &[&Mention]) {
        let any = |right: &dyn Fn(&GoldEvent, &Mention) -> bool| {
            u32::from(events.iter().any(|event| mentions.iter().any(|mention| right(event, mention))))
        };
        self.pairs += 1;
        self.target += any(&|event, mention| {
            event.target.as_deref().unwrap_or("") == mention.target.map(|t| t.to_string()).unwrap_or_default()
        });
        self.status += any(&|event, mention| event.has_status(mention.status.as_str()));
        self.material += any(&|event, mention| {
            event.has_material(&mention.material.map(|material| material.to_string()).unwrap_or_default())
        });
        if events.iter().any(|event| event.share.is_some()) {
            self.shares.1 += 1;
            self.shares.0 += any(&|event, mention| event.has_share(mention.share));
        }
    }

    fn mistake(&mut self, document: &GoldDocument, kind: &'static str, key: &Key, lexeme: String, evidence: String) {
        let (channel, sector, origin) = key.clone();
        self.mistakes.push(Mistake { document: document.id.clone(), kind, channel, sector, origin, lexeme, evidence });
    }

    /// Share of agreeing pairs with the right target.
    pub fn target_share(&self) -> f64 {
        share(self.target, self.pairs)
    }

    /// Share of agreeing pairs with the right status.
    pub fn status_share(&self) -> f64 {
        share(self.status, self.pairs)
    }

    /// Share of agreeing pairs with the right share of supply, of those whose label gives one.
    pub fn supply_share(&self) -> f64 {
        share(self.shares.0, self.shares.1)
    }

    /// Share of agreeing pairs with the right material.
    pub fn material_share(&self) -> f64 {
        share(self.material, self.pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        let tally = Tally { found: 3, false_alarms: 1, missed: 2 };
        assert!((tally.precision() - 0.75).abs() < 1e-12);
        assert!((tally.recall() - 0.6).abs() < 1e-12);
        assert!((tally.f1() - 6.0 / 9.0).abs() < 1e-12);
        assert_eq!(Tally::default().f1(), 0.0);
    }

    #[test]
    fn materials_and_ids_are_compared_loosely() {
        assert_eq!(plain("rare_earths"), plain("Rare earth"));
        assert_eq!(bare("../shared/seeds/000_a"), "000_a");
        assert_eq!(bare("seeds/x.txt"), "x");
    }
}
