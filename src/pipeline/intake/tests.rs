use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::extract::Reading;
use crate::indicators::tally::tests::mention;
use crate::pipeline::said::Said;
use crate::report::cells;
use crate::report::tables::DocumentFacts;
use crate::{codes, corpus};

/// Batches of documents `0`, `1` and so on, each with as many mentions as its number, of which those in `left_out` are not taken in.
fn taken_in(batches: u32, documents: u32, left_out: &[u32]) -> (tempfile::TempDir, ReadCorpus) {
    let folder = tempfile::tempdir().unwrap();
    let into =
        Destinations { folder: folder.path().to_owned(), documents: Documents::Kept, entities: None, is_scored: true };
    let mut intake = Intake::open(Cut { granularity: Granularity::All, as_of: None }, &into).unwrap();
    let drafting = intake.drafting();
    let mut draft = drafting.begin();
    for batch in 0..batches {
        let mut prepared = Vec::new();
        for number in batch * documents..(batch + 1) * documents {
            let stated = mention(codes::Channel::Coercion, "solar", ("CHN", "USA"), codes::Status::InForce, 0.5);
            let reading = Reading { mentions: vec![stated; number as usize % 5], entities: Vec::new() };
            let (id, title) = (number.to_string(), "a, b".repeat(300));
            let language = "en".parse().unwrap();
            let facts = DocumentFacts { id: &id, date: None, language, publisher: "=x", title: &title, url: "" };
            let (said, print) = (Said::of(&[], &reading).unwrap(), corpus::Fingerprint::of("words"));
            let placed = draft.add(&facts, &said, &print).unwrap();
            let (said, print) = (said.into(), print.into());
            prepared.push(Prepared {
                id,
                date: None,
                language,
                publisher: "=x".into(),
                print,
                said,
                key: None,
                placed,
            });
        }
        prepared.retain(|document| !left_out.contains(&document.id.parse().unwrap()));
        intake.take(&prepared.iter().collect::<Vec<_>>(), draft.finish(), &Twins::Apart).unwrap();
    }
    (folder, intake.finish(Twins::Apart).unwrap())
}

/// First cells of the rows of a table.
fn ids(table: &Path) -> Vec<u32> {
    csv::Reader::from_path(table).unwrap().records().map(|row| row.unwrap()[0].parse().unwrap()).collect()
}

#[test]
fn rows_of_many_batches_keep_their_order_and_what_is_left_out_has_none() {
    let left_out = [0, 3, 251, 499, 70_000];
    // Enough to be packed and written to the file.
    let (folder, read) = taken_in(400, 250, &left_out);
    let kept: Vec<u32> = (0..100_000).filter(|number| !left_out.contains(number)).collect();
    assert_eq!(read.documents as usize, kept.len());
    let weights = Weights::each([Ok(kept.iter().map(|number| 1.0 / f64::from(number + 1)).collect())]).unwrap();
    let tables = ["mentions.csv", "documents.csv"].map(|name| folder.path().join(name));
    let (telling, hashes) =
        read.write_tables(&weights, [&tables[0], &tables[1]], (&folder.path().join("telling"), 10)).unwrap();

    assert_eq!(ids(&tables[1]), kept);
    let stated: Vec<u32> = kept.iter().flat_map(|number| vec![*number; *number as usize % 5]).collect();
    assert_eq!(ids(&tables[0]), stated);
    let weight = |row: csv::StringRecord, at: usize| (row[0].to_owned(), row[at].to_owned());
    for (table, at) in [(&tables[0], 13), (&tables[1], 8)] {
        let row = csv::Reader::from_path(table).unwrap().records().nth(4).unwrap().unwrap();
        let (id, weight) = weight(row, at);
        assert_eq!(weight, cells::number(1.0 / f64::from(id.parse::<u32>().unwrap() + 1)));
    }
    for (table, hash) in tables.iter().zip(hashes) {
        assert_eq!(hash, crate::report::outbox::hash_of(table).unwrap());
    }
    assert_eq!(ids(&telling.mentions), stated[..10], "the heaviest are the first");
    let documents: BTreeSet<u32> = stated[..10].iter().copied().collect();
    assert_eq!(ids(&telling.documents), documents.into_iter().collect::<Vec<_>>());
}
