//! What a loss passes through: an input at a stage, or a sector.

use std::fmt;

use crate::codes::SectorId;
use crate::structural::InputStage;

/// A place in the chains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A material or good at a stage of its making.
    Input(InputStage),
    /// A sector and what it makes.
    Sector(SectorId),
}

impl Node {
    /// The sector, where it is one.
    pub fn sector(&self) -> Option<SectorId> {
        match self {
            Self::Sector(sector) => Some(*sector),
            Self::Input(_) => None,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(of) => write!(f, "{}@{}", of.input, of.stage),
            Self::Sector(sector) => write!(f, "{sector}"),
        }
    }
}
