//! Everything that looks random and must come out the same again: ids, names, passwords, the API token.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A 64-bit value decided by the seed, a label and a number (FNV-1a over the label, then the SplitMix64 finaliser).
pub(super) fn mix(seed: u64, label: &str, n: u64) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in label.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state = state.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// `length` characters of `[0-9A-Za-z]`.
pub(super) fn text(seed: u64, label: &str, n: u64, length: usize) -> String {
    let mut out = String::with_capacity(length);
    let mut block = 0;
    while out.len() < length {
        let mut bits = mix(seed, label, n.wrapping_mul(64).wrapping_add(block));
        for _ in 0..10 {
            if out.len() < length {
                out.push(digit(bits % 62));
                bits /= 62;
            }
        }
        block += 1;
    }
    out
}

fn digit(value: u64) -> char {
    BASE62.get((value % 62) as usize).map_or('0', |b| char::from(*b))
}

/// An id of Okta's shape: three letters that name the kind, then 17 characters. The last six hold `n`, hidden by a mask,
/// so that an id leads back to its object without an index (see [`number_of`]).
pub(super) fn okta_id(seed: u64, kind: &str, n: u64) -> String {
    let mut id = format!("{kind}{}", text(seed, kind, n, 11));
    let mut hidden = n ^ (mix(seed, "mask", 0) >> 33);
    let mut tail = ['0'; 6];
    for place in tail.iter_mut().rev() {
        *place = digit(hidden % 62);
        hidden /= 62;
    }
    id.extend(tail);
    id
}

/// The number inside an id made by [`okta_id`] with the same seed and kind; `None` for any other text.
pub(super) fn number_of(seed: u64, kind: &str, id: &str) -> Option<u64> {
    let tail = id.strip_prefix(kind)?.get(11..)?;
    let mut hidden: u64 = 0;
    for byte in tail.bytes() {
        let value = BASE62.iter().position(|b| *b == byte)? as u64;
        hidden = hidden.checked_mul(62)?.checked_add(value)?;
    }
    let n = hidden ^ (mix(seed, "mask", 0) >> 33);
    (okta_id(seed, kind, n) == id).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_number_and_to_nothing_else() {
        for n in [0, 1, 59, 99_999, 4_000_000_000] {
            let id = okta_id(7, "00u", n);
            assert_eq!(id.len(), 20);
            assert_eq!(number_of(7, "00u", &id), Some(n));
            assert_eq!(number_of(8, "00u", &id), None);
            assert_eq!(number_of(7, "00g", &id), None);
        }
        assert_eq!(number_of(7, "00u", "00uñandú"), None);
        assert_eq!(number_of(7, "00u", ""), None);
    }
}
