//! Who issued a certificate: just enough of X.509 (RFC 5280 §4.1) and DER (X.690) to find one name. Pure.

use crate::text::Clean;

/// `2.5.4.3`, commonName.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// `2.5.4.10`, organizationName.
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// The issuer of a DER certificate: `Example Inspection CA, Example Corp`. `None` if it cannot be read; then nothing is said.
pub(super) fn issuer(der: &[u8]) -> Option<Clean> {
    read(der).map(|(issuer, _)| issuer)
}

/// Who issued a DER certificate, and until when it is good: `issued by Example CA, good until 2036-11-19`. `None` if it cannot be read.
pub(super) fn in_words(der: &[u8]) -> Option<Clean> {
    let (issuer, until) = read(der)?;
    let until = until.map_or_else(String::new, |day| format!(", good until {day}"));
    Some(Clean::new(&format!("issued by {issuer}{until}")))
}

/// The day of a UTCTime or a GeneralizedTime (RFC 5280 §4.1.2.5).
fn day(bytes: &[u8]) -> Option<jiff::civil::Date> {
    let (text, century) = match (element(bytes, 0x17), element(bytes, 0x18)) {
        (Some((short, _)), _) => (short, None),
        (None, Some((long, _))) => (long.get(2..)?, Some(long.get(..2)?)),
        (None, None) => return None,
    };
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<i16>().ok();
    let (year, month, day) = (number(text.get(..2)?)?, number(text.get(2..4)?)?, number(text.get(4..6)?)?);
    let year = match century {
        Some(century) => number(century)? * 100 + year,
        // Two digits from 50 on are of the last century.
        None if year >= 50 => 1900 + year,
        None => 2000 + year,
    };
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The issuer, and the day until which it is good.
fn read(der: &[u8]) -> Option<(Clean, Option<jiff::civil::Date>)> {
    let (certificate, _) = element(der, 0x30)?;
    let (mut fields, _) = element(certificate, 0x30)?;
    // version [0] is there in every certificate of version 2 and 3.
    if let Some((_, rest)) = element(fields, 0xa0) {
        fields = rest;
    }
    let (_, fields) = element(fields, 0x02)?; // serialNumber
    let (_, fields) = element(fields, 0x30)?; // signature
    let (mut name, fields) = element(fields, 0x30)?;
    let until = element(fields, 0x30).and_then(|(validity, _)| {
        let begins = [0x17, 0x18].into_iter().find_map(|tag| element(validity, tag));
        day(begins?.1)
    });
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
    let issuer = match (common, organization) {
        (Some(c), Some(o)) if c != o => format!("{c}, {o}"),
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    Some((Clean::new(&issuer), until))
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

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use proptest::prelude::*;

    /// Made with `openssl req -x509` and `openssl x509 -req`; issuer `C=US, O=Example Corp, CN=Example Inspection CA`.
    const CERTIFICATE: &str = concat!(
        "MIIBwzCCAWmgAwIBAgIUIiVy/XaFS9eEn61ztnNdqdAdewswCgYIKoZIzj0EAwIwRDELMAkGA1UEBhMCVVMxFTATBgNVBAoMDEV4",
        "YW1wbGUgQ29ycDEeMBwGA1UEAwwVRXhhbXBsZSBJbnNwZWN0aW9uIENBMB4XDTI2MTEyMjIzMjkzM1oXDTM2MTExOTIzMjkzM1ow",
        "FDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7Yva/bn21XYPOipWFgp0HnUOat6ZPsg3vKkU",
        "8lhZMjI8nJj8GrXJipK+oAYAHouULxSV2wOQ3PvvoHEwtR47RaNpMGcwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAkGA1Ud",
        "EwQCMAAwHQYDVR0OBBYEFBy07Af8DUV/jcMfOZyPMjSEyGocMB8GA1UdIwQYMBaAFJZTLuNjG8lS8ZcvFW4vNQp2WXg+MAoGCCqG",
        "SM49BAMCA0gAMEUCIH8ah5bzdlPQxz9O9OdTNHhDJRYci1f0y9EXhNw9fPx3AiEAiECk7YgmZiVqf46tNbRgTEluSYIilE/1BwYM",
        "YNK1kzk=",
    );

    fn der() -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(CERTIFICATE).unwrap()
    }

    #[test]
    fn the_issuer_is_named_by_common_name_and_organization() {
        assert_eq!(issuer(&der()).unwrap().as_str(), "Example Inspection CA, Example Corp");
    }

    #[test]
    fn the_last_day_is_read_in_both_spellings_of_a_time() {
        assert_eq!(
            in_words(&der()).unwrap().as_str(),
            "issued by Example Inspection CA, Example Corp, good until 2036-11-19"
        );
        let time =
            |tag: u8, text: &str| [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
        for (tag, text, wanted) in [
            (0x17, "491231235959Z", Some("2049-12-31")),
            (0x17, "500101000000Z", Some("1950-01-01")),
            (0x18, "20500101000000Z", Some("2050-01-01")),
            (0x17, "991399000000Z", None),
            (0x17, "x", None),
        ] {
            assert_eq!(day(&time(tag, text)).map(|d| d.to_string()).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn a_control_character_in_a_name_is_shown_as_its_picture() {
        let mut der = der();
        let at = der.windows(7).position(|w| w == b"Inspect").unwrap();
        der[at] = 0x1b;
        assert_eq!(issuer(&der).unwrap().as_str(), "Example ␛nspection CA, Example Corp");
    }

    proptest! {
        #[test]
        fn no_certificate_makes_trouble(at in 0usize..455, byte: u8, cut in 0usize..456) {
            let mut der = der();
            if let Some(b) = der.get_mut(at) {
                *b = byte;
            }
            der.truncate(cut);
            let _ = in_words(&der);
        }
    }
}
