//! A file that is one document, read whole within the limit.

use std::io::Read;

use crate::corpus::fault::Fault;
use crate::corpus::fields::Fields;

use super::{Limits, Opening, Pending, Reader, Stream, broken_off, oversized};

/// Makes fields of a file's bytes, on any thread.
type Parse = Box<dyn FnOnce(Vec<u8>, &mut Vec<Fault>) -> Option<Fields> + Send>;

/// Reads one document.
pub(super) struct Whole {
    /// The file and what makes a document of it; nothing once it was read.
    unread: Option<(Stream, Parse)>,
    limits: Limits,
    /// What ended the reading early, said after the document.
    fault: Option<Fault>,
}

impl Whole {
    pub fn new(
        opening: Opening,
        parse: impl FnOnce(Vec<u8>, &mut Vec<Fault>) -> Option<Fields> + Send + 'static,
    ) -> Self {
        Self { unread: Some((opening.stream, Box::new(parse))), limits: opening.limits, fault: None }
    }
}

impl Reader for Whole {
    fn next(&mut self) -> Option<Result<Pending, Fault>> {
        let Some((stream, parse)) = self.unread.take() else { return self.fault.take().map(Err) };
        let mut bytes = Vec::new();
        if let Err(error) = stream.take(self.limits.max_record as u64 + 1).read_to_end(&mut bytes) {
            self.fault = Some(broken_off(&error));
            if bytes.is_empty() {
                return self.fault.take().map(Err);
            }
        }
        if bytes.len() > self.limits.max_record {
            return Some(Err(oversized("file", self.limits.max_record)));
        }
        let len = bytes.len();
        Some(Ok(Pending::new(1, 1, len, move |faults| parse(bytes, faults))))
    }
}
