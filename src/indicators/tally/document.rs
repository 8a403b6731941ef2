//! How a document stands in the tally's file: whole numbers in as few bytes as they need (LEB128), scores as their bits.

use jiff::civil::Date;

use super::{Remembered, Statement};
use crate::codes::CountryCode;
use crate::indicators::measure::Measure;

/// A document as bytes.
pub(super) fn encoded(date: Option<Date>, publisher: u32, relevant: &[u32], statements: &[Statement]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + relevant.len() + 16 * statements.len());
    bytes.extend(date.map_or(0, day_number).to_le_bytes());
    number(&mut bytes, publisher);
    number(&mut bytes, relevant.len() as u32);
    relevant.iter().for_each(|sector| number(&mut bytes, *sector));
    number(&mut bytes, statements.len() as u32);
    for statement in statements {
        number(&mut bytes, statement.sector);
        bytes.extend(statement.country.as_str().bytes());
        bytes.push(statement.measure.index() as u8);
        number(&mut bytes, statement.mentions);
        bytes.extend(statement.score.to_bits().to_le_bytes());
    }
    bytes
}

fn number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A day as a number; 0 is no day.
fn day_number(date: Date) -> i32 {
    (i32::from(date.year()) * 16 + i32::from(date.month())) * 32 + i32::from(date.day())
}

fn day(number: i32) -> Option<Date> {
    let (months, day) = (number.div_euclid(32), number.rem_euclid(32));
    Date::new(months.div_euclid(16) as i16, months.rem_euclid(16) as i8, day as i8).ok()
}

/// Documents one after the other.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    at: usize,
    number: u32,
    end: u32,
    relevant: Vec<u32>,
    statements: Vec<Statement>,
}

impl Block {
    /// `count` documents as they were written, the first of them number `first`.
    pub fn of(bytes: Vec<u8>, first: u32, count: u32) -> Self {
        Self { bytes, at: 0, number: first, end: first + count, relevant: Vec::new(), statements: Vec::new() }
    }

    /// Number of the next document.
    pub fn first(&self) -> u32 {
        self.number
    }

    /// Number of documents left.
    pub fn len(&self) -> usize {
        (self.end - self.number) as usize
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.end == self.number
    }

    /// The next document.
    pub fn next_document(&mut self) -> Option<Remembered<'_>> {
        if self.is_empty() {
            return None;
        }
        let (start, number) = (self.at, self.number);
        self.number += 1;
        let date = day(i32::from_le_bytes(self.taken()));
        let publisher = self.number();
        self.relevant.clear();
        for _ in 0..self.number() {
            let sector = self.number();
            self.relevant.push(sector);
        }
        self.statements.clear();
        for _ in 0..self.number() {
            let statement = self.statement();
            self.statements.extend(statement);
        }
        let (relevant, statements) = (&self.relevant, &self.statements);
        let bytes = self.bytes.get(start..self.at).unwrap_or_default();
        Some(Remembered { number, date, publisher, relevant, statements, bytes })
    }

    fn statement(&mut self) -> Option<Statement> {
        let sector = self.number();
        let country: [u8; 3] = self.taken();
        let [measure] = self.taken();
        let mentions = self.number();
        let score = f64::from_bits(u64::from_le_bytes(self.taken()));
        let country: CountryCode = std::str::from_utf8(&country).ok()?.parse().ok()?;
        Some(Statement { score, sector, mentions, country, measure: *Measure::ALL.get(usize::from(measure))? })
    }

    /// The next bytes; zeros past the end, which no file of ours has.
    fn taken<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        if let Some(found) = self.bytes.get(self.at..self.at + N) {
            taken.copy_from_slice(found);
        }
        self.at += N;
        taken
    }

    fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let [byte] = self.taken();
            number |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 28 {
                return number;
            }
        }
    }
}
