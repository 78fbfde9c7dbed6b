//! Who issued a certificate: just enough of X.509 (RFC 5280 §4.1) and DER (X.690) to find one name. Pure.

use crate::text::Clean;

/// `2.5.4.3`, commonName.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// `2.5.4.10`, organizationName.
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// The issuer of a DER certificate: `Example Inspection CA, Example Corp`. `None` if it cannot be read; then nothing is said.
pub(super) fn issuer(der: &[u8]) -> Option<Clean> {
    let (certificate, _) = element(der, 0x30)?;
    let (mut fields, _) = element(certificate, 0x30)?;
    // version [0] is there in every certificate of version 2 and 3.
    if let Some((_, rest)) = element(fields, 0xa0) {
        fields = rest;
    }
    let (_, fields) = element(fields, 0x02)?; // serialNumber
    let (_, fields) = element(fields, 0x30)?; // signature
    let (mut name, _) = element(fields, 0x30)?;
    let (mut common, mut organization) = (None, None);
    while let Some((set, rest)) = element(name, 0x31) {
        name = rest;
        let Some((pair, _)) = element(set, 0x30) else { continue };
        let Some((oid, value)) = element(pair, 0x06) else { continue };
        let text = string(value);
        if oid == COMMON_NAME {
            common = text;
        } else if oid == ORGANIZATION {
            organization = text;
        }
    }
    match (common, organization) {
        (Some(c), Some(o)) if c != o => Some(Clean::new(&format!("{c}, {o}"))),
        (Some(one), _) | (None, Some(one)) => Some(Clean::new(&one)),
        (None, None) => None,
    }
}

/// The content of the element that `bytes` begins with, if it has this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first != tag {
        return None;
    }
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().try_fold(0usize, |n, &d| n.checked_mul(256)?.checked_add(usize::from(d)))?, rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// A directory string: UTF8String, PrintableString, T61String, IA5String as bytes, BMPString as UTF-16.
fn string(bytes: &[u8]) -> Option<String> {
    if let Some((wide, _)) = element(bytes, 0x1e) {
        let units: Vec<u16> =
            wide.chunks_exact(2).filter_map(|c| Some(u16::from_be_bytes(c.try_into().ok()?))).collect();
        return Some(String::from_utf16_lossy(&units));
    }
    let narrow = [0x0c, 0x13, 0x14, 0x16].into_iter().find_map(|tag| element(bytes, tag));
    narrow.map(|(text, _)| String::from_utf8_lossy(text).into_owned())
}
