//! Percent-encoding (RFC 3986 §2.1), without deciding what it means.

/// RFC 3986 §2.3.
pub(super) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// The value of a hexadecimal digit.
fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

/// A percent-encoded triplet at the start of `bytes`: its value.
fn triplet(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(hex(*high)? * 16 + hex(*low)?),
        _ => None,
    }
}

/// Decodes once those triplets whose value passes `which`.
pub(super) fn decode(s: &str, which: fn(u8) -> bool) -> Vec<u8> {
    let (mut rest, mut out) = (s.as_bytes(), Vec::with_capacity(s.len()));
    while let [first, tail @ ..] = rest {
        match triplet(rest) {
            Some(value) if which(value) => {
                out.push(value);
                rest = rest.get(3..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// The same text with the digits of every triplet in upper case (RFC 3986 §6.2.2.1).
pub(super) fn upper_hex(s: &str) -> String {
    let (mut out, mut upper) = (String::with_capacity(s.len()), 0);
    for (at, c) in s.char_indices() {
        if triplet(s.as_bytes().get(at..).unwrap_or_default()).is_some() {
            upper = 3;
        }
        out.push(if upper > 0 { c.to_ascii_uppercase() } else { c });
        upper = usize::saturating_sub(upper, 1);
    }
    out
}

/// Whether a `%` stands there that begins no triplet.
pub(super) fn has_bare_percent(s: &str) -> bool {
    s.bytes()
        .enumerate()
        .any(|(at, b)| b == b'%' && triplet(s.as_bytes().get(at..).unwrap_or_default()).is_none())
}

/// The same text with every such `%` written as `%25`.
pub(super) fn escape_bare_percents(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for (at, c) in s.char_indices() {
        let bare = c == '%' && triplet(s.as_bytes().get(at..).unwrap_or_default()).is_none();
        out.push(c);
        if bare {
            out.push_str("25");
        }
    }
    out
}

/// The same text with those characters percent-encoded that pass `which`.
pub(super) fn encode(s: &str, which: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        if which(c) {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|b| format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}
