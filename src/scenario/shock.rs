//! What is supposed to happen: `COUNTRY:INPUT[@STAGE]=FRACTION`.

use std::fmt;
use std::str::FromStr;

use crate::codes::CountryCode;
use crate::error::{Error, ErrorKind, Result};
use crate::structural::InputId;

/// How a shock is written, for messages.
const FORM: &str = "write COUNTRY:INPUT[@STAGE]=FRACTION, such as CHN:gallium=1.0 or CHN:gallium@processing=0.5";

/// A country loses, or withholds, a fraction of its supply of an input.
#[derive(Debug, Clone, PartialEq)]
pub struct Shock {
    /// Whose supply is lost.
    pub country: CountryCode,
    /// Of what.
    pub input: InputId,
    /// At which stage; every stage of the input where none is named.
    pub stage: Option<String>,
    /// How much of that country's supply, 0 to 1.
    pub fraction: f64,
}

impl FromStr for Shock {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = |message: String| Error::new(ErrorKind::Usage, message).hint(FORM);
        let parts = text.split_once('=').and_then(|(what, fraction)| {
            let (country, input) = what.split_once(':')?;
            Some((country, input, fraction))
        });
        let Some((country, input, fraction)) = parts else {
            return Err(fault(format!("`{text}` is no shock: expected COUNTRY:INPUT[@STAGE]=FRACTION")));
        };
        let (input, stage) = match input.split_once('@') {
            Some((_, "")) => return Err(fault(format!("`{text}` names no stage after the @"))),
            Some((input, stage)) => (input, Some(stage.trim().to_owned())),
            None => (input, None),
        };
        let named = |error: Error| fault(format!("`{text}`: {error}"));
        let within = |fraction: &f64| (0.0..=1.0).contains(fraction);
        let Some(fraction) = fraction.trim().parse().ok().filter(within) else {
            let message =
                format!("`{text}`: `{fraction}` is no fraction: expected a number from 0 to 1 (1 = all of it)");
            return Err(fault(message));
        };
        Ok(Self {
            country: country.trim().parse().map_err(named)?,
            input: input.trim().parse().map_err(named)?,
            stage,
            fraction,
        })
    }
}

impl fmt::Display for Shock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.country, self.input)?;
        if let Some(stage) = &self.stage {
            write!(f, "@{stage}")?;
        }
        write!(f, "={}", self.fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shock_reads_back_as_written() {
        for text in ["CHN:gallium=1", "CHN:gallium@processing=0.5", "TWN:logic_chips@foundry_capacity_16nm_and_below=0"]
        {
            assert_eq!(text.parse::<Shock>().unwrap().to_string(), text);
        }
        assert_eq!(" CHN : gallium = 1.0 ".parse::<Shock>().unwrap(), "CHN:gallium=1".parse().unwrap());
    }

    #[test]
    fn what_is_no_shock_says_why() {
        for (text, words) in [
            ("gallium", "COUNTRY:INPUT"),
            ("CHN:gallium", "COUNTRY:INPUT"),
            ("CHN=1", "COUNTRY:INPUT"),
            ("China:gallium=1", "three capital letters"),
            ("CHN:Gallium=1", "lower-case"),
            ("CHN:gallium@=1", "names no stage"),
            ("CHN:gallium=1.01", "from 0 to 1"),
            ("CHN:gallium=-0.1", "from 0 to 1"),
            ("CHN:gallium=NaN", "from 0 to 1"),
            ("CHN:gallium=all", "from 0 to 1"),
        ] {
            let fault = text.parse::<Shock>().unwrap_err();
            assert!(fault.to_string().contains(words), "{text}: {fault}");
            assert!(fault.remedy().unwrap().contains("CHN:gallium=1.0"), "{text}");
        }
    }
}
