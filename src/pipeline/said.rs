//! What a document said, whoever published it: wire copy that every paper prints is read one time, and its rows are made one time.

use crate::codes::{Channel, CountryCode, SectorId, Status};
use crate::error::Result;
use crate::extract::{Mention, Reading};
use crate::indicators::Summed;

use super::intake::Rows;

/// What a document said, whatever its id, date and publisher.
#[derive(Debug)]
pub struct Said {
    /// For scores.
    pub summed: Summed,
    /// Its mentions, for the comparison.
    pub mentions: Vec<Told>,
    /// The units it speaks of, and in how many mentions.
    pub units: Vec<((SectorId, CountryCode), u32)>,
    /// What its tables say.
    pub rows: Rows,
    /// What a cache is to keep, where there is one.
    pub kept: Option<Vec<u8>>,
}

/// What is counted of a mention.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// Of which sector.
    pub sector: SectorId,
    /// What kind of statement.
    pub channel: Channel,
    /// State of the measure.
    pub status: Status,
    /// By whom, and against whom.
    pub parties: [Option<CountryCode>; 2],
}

impl From<&Mention> for Told {
    fn from(mention: &Mention) -> Self {
        let Mention { sector, channel, status, origin, target, .. } = *mention;
        Self { sector, channel, status, parties: [origin, target] }
    }
}

impl Said {
    /// What a document said that names these sectors, beside those of its mentions.
    ///
    /// # Errors
    /// Never in practice: writing to memory.
    pub fn of(sectors: &[SectorId], reading: &Reading) -> Result<Self> {
        let mut of_units: Vec<_> =
            reading.mentions.iter().filter_map(|mention| Some((mention.sector, mention.origin?))).collect();
        of_units.sort_unstable();
        Ok(Self {
            summed: Summed::of(sectors, &reading.mentions),
            mentions: reading.mentions.iter().map(Told::from).collect(),
            units: of_units.chunk_by(|one, other| one == other).map(|unit| (unit[0], unit.len() as u32)).collect(),
            rows: Rows::of(reading)?,
            kept: None,
        })
    }

    /// Bytes of memory, nearly.
    pub fn size(&self) -> usize {
        size_of::<Self>()
            + size_of_val(self.summed.statements.as_slice())
            + size_of_val(self.mentions.as_slice())
            + size_of_val(self.units.as_slice())
            + self.rows.size()
            + self.kept.as_ref().map_or(0, Vec::len)
    }
}
