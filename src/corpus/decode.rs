//! Bytes to text: UTF-8, UTF-16 by its byte order mark, and what is neither by guess.
//!
//! A document is never lost to its encoding: text that is not UTF-8 is read in the encoding that fits it best,
//! and UTF-8 with a few broken bytes stays UTF-8, those bytes shown as �. Both are said.

use std::io::{self, BufRead, BufReader, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::fault::Fault;

/// Bytes looked at for zero bytes, and for UTF-16 without its mark.
const SNIFFED: usize = 8_192;
/// Bytes the guess is made from.
const GUESSED_FROM: usize = 1 << 20;
/// Valid characters outside ASCII for each broken byte sequence that make a text UTF-8 all the same.
const VALID_PER_BROKEN: usize = 8;

/// A whole file as text: nothing when it is no text at all.
pub(super) fn whole(mut bytes: Vec<u8>, faults: &mut Vec<Fault>) -> Option<String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    if let Some(encoding) = utf_16_of(&bytes) {
        return Some(encoding.decode_with_bom_removal(&bytes).0.into_owned());
    }
    if is_binary(&bytes) {
        faults.push(binary());
        return None;
    }
    let mut decoder = LineDecoder::new(&[]);
    let text = decoder.decode(bytes);
    faults.extend(decoder.fault());
    Some(text)
}

/// The fault of a file that is no text.
pub(super) fn binary() -> Fault {
    Fault::loss("binary", "not a text file (it holds zero bytes or a document format); convert it to text first")
}

/// Whether the beginning of a file cannot be text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SNIFFED)];
    memchr::memchr(0, head).is_some() || head.starts_with(b"%PDF-") || head.starts_with(b"PK\x03\x04")
}

/// UTF-16, by its byte order mark, or by the zero bytes that every second byte of Western text then is.
pub(super) fn utf_16_of(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs = bytes[..bytes.len().min(SNIFFED)].as_chunks::<2>().0;
    let count = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (high_first, low_first) = (count(0), count(1));
    match () {
        () if low_first * 10 > pairs.len() * 7 && high_first == 0 => Some(UTF_16LE),
        () if high_first * 10 > pairs.len() * 7 && low_first == 0 => Some(UTF_16BE),
        () => None,
    }
}

/// Decodes a file piece by piece (lines, cells), guessing its encoding once.
#[derive(Debug)]
pub(super) struct LineDecoder {
    guess: Option<&'static Encoding>,
    /// The file itself names its encoding: nothing is guessed.
    is_declared: bool,
    broken: u64,
    guessed: u64,
}

impl LineDecoder {
    /// A decoder for the file that begins with `head`, from which the encoding is guessed if it is not UTF-8.
    pub fn new(head: &[u8]) -> Self {
        let guess = match std::str::from_utf8(head) {
            Err(error) if error.error_len().is_some() && !is_mostly_utf_8(head) => Some(guess(head)),
            _ => None,
        };
        Self { guess, is_declared: false, broken: 0, guessed: 0 }
    }

    /// A decoder for a file that names its encoding, which counts where it is not UTF-8 after all.
    pub fn declared(encoding: &'static Encoding) -> Self {
        Self { guess: Some(encoding), is_declared: true, broken: 0, guessed: 0 }
    }

    /// The piece as text: as it is where it is UTF-8.
    pub fn decode(&mut self, piece: Vec<u8>) -> String {
        let piece = match String::from_utf8(piece) {
            Ok(text) => return text,
            Err(error) => error.into_bytes(),
        };
        if self.guess.is_none() && is_mostly_utf_8(&piece) {
            self.broken += 1;
            return String::from_utf8_lossy(&piece).into_owned();
        }
        self.guessed += 1;
        let encoding = *self.guess.get_or_insert_with(|| guess(&piece));
        encoding.decode_without_bom_handling(&piece).0.into_owned()
    }

    /// What to say about the file, once it is read.
    pub fn fault(&self) -> Option<Fault> {
        let message = match self.guess {
            Some(_) if self.is_declared => return None,
            Some(encoding) if self.guessed > 0 => {
                format!("not UTF-8: read as {} by guess; save it as UTF-8 if names look wrong", encoding.name())
            }
            _ if self.broken > 0 => {
                "UTF-8 with broken bytes, shown as �; fetch the file again if names look wrong".into()
            }
            _ => return None,
        };
        Some(Fault::note("guessed-encoding", message))
    }
}

/// The encoding that fits best, never UTF-8.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESSED_FROM)], true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether bytes that are not valid UTF-8 are UTF-8 with a few faults, rather than another encoding.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    valid >= broken * VALID_PER_BROKEN
}

/// The beginning of a stream, looked at, and the whole stream as UTF-8 or an ASCII-like encoding: UTF-16 is
/// brought to UTF-8, a byte order mark is removed.
pub(super) struct Opened {
    pub head: Vec<u8>,
    pub stream: Box<dyn BufRead + Send>,
}

/// Looks at the beginning of `stream`. A fault of the stream shows when it is read, not here.
pub(super) fn open(mut stream: Box<dyn BufRead + Send>) -> Opened {
    let (head, fault) = read_head(&mut stream);
    let skipped = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let rest = io::Cursor::new(head[skipped..].to_vec()).chain(Failing(fault)).chain(stream);
    let Some(encoding) = utf_16_of(&head) else {
        return Opened { head: head[skipped..].to_vec(), stream: Box::new(rest) };
    };
    let decoder = encoding.new_decoder_with_bom_removal();
    let mut stream: Box<dyn BufRead + Send> =
        Box::new(BufReader::with_capacity(1 << 16, Utf16 { inner: rest, decoder, is_done: false }));
    let (head, fault) = read_head(&mut stream);
    let rest = io::Cursor::new(head.clone()).chain(Failing(fault)).chain(stream);
    Opened { head, stream: Box::new(rest) }
}

/// The first megabyte, or what could be read of it before a fault.
fn read_head(stream: &mut dyn BufRead) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::new();
    let fault = stream.take(GUESSED_FROM as u64).read_to_end(&mut head).err();
    (head, fault)
}

/// Fails once with the fault it holds, if any; otherwise it is at its end.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl BufRead for Failing {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }
    fn consume(&mut self, _: usize) {}
}

/// UTF-16 read as UTF-8.
struct Utf16<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    is_done: bool,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The decoder wants room for one character; `BufReader` above always gives far more.
        while !self.is_done && out.len() >= 4 {
            let source = self.inner.fill_buf()?;
            self.is_done = source.is_empty();
            let (_, read, written, _) = self.decoder.decode_to_utf8(source, out, self.is_done);
            self.inner.consume(read);
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Option<String>, Vec<&'static str>) {
        let mut faults = Vec::new();
        let text = whole(bytes.to_vec(), &mut faults);
        (text, faults.into_iter().map(|fault| fault.code).collect())
    }

    fn encoded(label: &str, text: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xFEFF);
        mark.into_iter().chain(text.encode_utf16()).flat_map(to_bytes).collect()
    }

    const FRENCH: &str = "La Chine a décidé de contrôler l’exportation du gallium à partir du 1er août, dès l’été.";

    #[test]
    fn utf_8_and_utf_16_are_read_in_silence() {
        assert_eq!(decoded(FRENCH.as_bytes()), (Some(FRENCH.into()), vec![]));
        assert_eq!(decoded(format!("\u{feff}{FRENCH}").as_bytes()), (Some(FRENCH.into()), vec![]));
        for mark in [true, false] {
            assert_eq!(decoded(&utf_16(FRENCH, u16::to_le_bytes, mark)), (Some(FRENCH.into()), vec![]));
            assert_eq!(decoded(&utf_16(FRENCH, u16::to_be_bytes, mark)), (Some(FRENCH.into()), vec![]));
        }
    }

    #[test]
    fn other_encodings_are_guessed_and_said() {
        for (label, text) in [
            ("windows-1252", FRENCH),
            ("shift_jis", "中国政府は半導体材料のガリウムについて輸出規制を発表した。日本企業への影響が懸念される。"),
            ("euc-kr", "중국 정부는 반도체 소재인 갈륨에 대한 수출 통제를 발표했다. 한국 기업에 영향이 우려된다."),
            ("gb18030", "中国政府宣布对镓和锗相关物项实施出口管制，日本和欧洲的企业对此表示担忧。"),
            ("big5", "中國政府宣布對鎵和鍺相關物項實施出口管制，日本和歐洲的企業對此表示擔憂。"),
            ("windows-1251", "Правительство Китая объявило об экспортном контроле над галлием и германием."),
        ] {
            assert_eq!(decoded(&encoded(label, text)), (Some(text.into()), vec!["guessed-encoding"]), "{label}");
        }
    }

    #[test]
    fn utf_8_with_a_broken_byte_stays_utf_8() {
        let mut bytes = FRENCH.repeat(3).into_bytes();
        bytes.insert(20, 0xFF);
        let (text, codes) = decoded(&bytes);
        assert_eq!(codes, ["guessed-encoding"]);
        assert!(text.unwrap().contains("contrôler"));
    }

    #[test]
    fn what_is_no_text_is_said() {
        assert_eq!(decoded(b"\x7fELF\x02\x01\x01\0\0\0\0"), (None, vec!["binary"]));
        assert_eq!(decoded(b"%PDF-1.7 and so on"), (None, vec!["binary"]));
    }

    #[test]
    fn utf_16_streams() {
        let long = FRENCH.repeat(20_000);
        let bytes = utf_16(&long, u16::to_le_bytes, true);
        let mut opened = open(Box::new(BufReader::new(io::Cursor::new(bytes))));
        let mut text = String::new();
        opened.stream.read_to_string(&mut text).unwrap();
        assert!(text == long);
        assert!(long.as_bytes().starts_with(&opened.head));
    }
}
