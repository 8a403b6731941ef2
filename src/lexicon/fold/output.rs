//! A folded text in the making.

/// Text with a run of ASCII at its end that is still bytes: those are written in pieces and made text all at once, because to
/// check each piece, or at the end each byte of other scripts, took longer than to fold it.
#[derive(Debug, Default)]
pub struct Output {
    text: String,
    ascii: Vec<u8>,
}

impl Output {
    /// Nothing yet, in memory used before, with room for so many bytes.
    pub fn new(text: String, room: usize) -> Self {
        let mut ascii = text.into_bytes();
        ascii.clear();
        ascii.reserve(room);
        Self { text: String::new(), ascii }
    }

    /// The text.
    pub fn finish(mut self) -> String {
        if self.text.is_empty() {
            // As are most forms: no copy.
            return String::from_utf8(self.ascii).unwrap_or_default();
        }
        self.settle();
        self.text
    }

    /// Bytes so far.
    #[inline]
    pub fn len(&self) -> usize {
        self.text.len() + self.ascii.len()
    }

    /// Whether a blank stands last.
    #[inline]
    pub fn ends_in_blank(&self) -> bool {
        self.ascii.last().map_or_else(|| self.text.ends_with(' '), |byte| *byte == b' ')
    }

    /// Adds an ASCII character.
    #[inline]
    pub fn push_ascii(&mut self, byte: u8) {
        self.ascii.push(byte);
    }

    /// Adds an ASCII character that other scripts surround: it begins no run.
    #[inline]
    pub fn push_lone(&mut self, byte: u8) {
        if self.ascii.is_empty() { self.text.push(byte.into()) } else { self.ascii.push(byte) }
    }

    /// Adds the first bytes of a piece of ASCII.
    #[inline]
    pub fn push_piece<const LEN: usize>(&mut self, piece: &[u8; LEN], kept: usize) {
        // Written whole and then cut: a length known beforehand needs no call.
        self.ascii.extend_from_slice(piece);
        self.ascii.truncate(self.ascii.len() - (LEN - kept));
    }

    /// Adds text.
    pub fn push_str(&mut self, text: &str) {
        self.settle();
        self.text.push_str(text);
    }

    /// Adds a character.
    pub fn push(&mut self, character: char) {
        self.settle();
        self.text.push(character);
    }

    /// Goes back to so many bytes.
    pub fn truncate(&mut self, len: usize) {
        self.settle();
        self.text.truncate(len);
    }

    fn settle(&mut self) {
        if !self.ascii.is_empty() {
            self.text.push_str(str::from_utf8(&self.ascii).unwrap_or_default());
            self.ascii.clear();
        }
    }
}
