//! What the bytes of a text are, 64 at a time: a bit for each.

/// Bytes whose kinds are found out together.
pub const BLOCK: usize = 64;

/// A bit for each byte of which `is` holds. The loop has no branches, so that bytes are told apart all at once; the product puts
/// eight of the answers side by side.
#[inline]
pub fn bits(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let mut answers = [0; BLOCK];
    for (answer, byte) in answers.iter_mut().zip(block) {
        *answer = u8::from(is(*byte));
    }
    let (eights, _) = answers.as_chunks::<8>();
    let packed = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().enumerate().fold(0, |all, (i, eight)| all | packed(eight) << (8 * i))
}

/// Whether a byte is a letter or a digit of ASCII.
#[inline]
pub fn is_alphanumeric(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10)
}

/// The first 64 bytes of a text, blanks behind its end.
#[inline]
pub fn block(text: &[u8]) -> [u8; BLOCK] {
    text.first_chunk().copied().unwrap_or_else(|| {
        let mut block = [b' '; BLOCK];
        block[..text.len()].copy_from_slice(text);
        block
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_bit() {
        let bytes: Vec<u8> = (0..=255).chain(*b"an end").collect();
        for (at, piece) in bytes.chunks(BLOCK).enumerate() {
            let found = bits(&block(piece), is_alphanumeric);
            let expected = piece.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
            assert_eq!(found, expected.fold(0, |all, (bit, _)| all | 1 << bit), "{at}");
        }
    }
}
