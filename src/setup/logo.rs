//! Facts about a logo file, from its first bytes. The file itself is read elsewhere.

use crate::text::Clean;

/// The kinds of image that Okta takes (Okta management API, Application logo).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// SVG in UTF-8.
    Svg,
}

/// What a logo file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogoFacts {
    /// Size of the file.
    pub bytes: u64,
    /// Width in pixels; an SVG need not have one.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Which kind of image.
    pub kind: LogoKind,
}

/// Why a file is no logo for Okta.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALogo {
    /// It could not be read.
    #[error("The logo file cannot be read: {0}.")]
    Unreadable(Clean),
    /// It is an image that Okta does not take, or no image.
    #[error("The logo file is no PNG, JPG, GIF or SVG: Okta takes no other.")]
    OtherKind,
    /// The beginning looks right and the size is missing: cut short or damaged.
    #[error("The logo file begins as an image and is damaged or cut short.")]
    Damaged,
    /// An SVG that is not UTF-8.
    #[error("The logo is an SVG that is not in UTF-8: Okta takes no other encoding.")]
    NotUtf8,
}

/// How many bytes of a file [`logo_facts`] wants to see; a JPEG may carry long descriptions before its size.
pub const LOGO_HEAD: usize = 256 * 1024;

/// Reads the facts from the first [`LOGO_HEAD`] bytes of a file and its whole size. Its name does not matter: Okta looks inside too.
pub fn logo_facts(head: &[u8], bytes: u64) -> Result<LogoFacts, NotALogo> {
    use imagesize::ImageType;
    let kind = match imagesize::image_type(head) {
        Ok(ImageType::Png) => LogoKind::Png,
        Ok(ImageType::Jpeg) => LogoKind::Jpeg,
        Ok(ImageType::Gif) => LogoKind::Gif,
        Ok(_) => return Err(NotALogo::OtherKind),
        Err(_) => return svg(head, bytes),
    };
    let size = imagesize::blob_size(head).map_err(|_| NotALogo::Damaged)?;
    let pixels = |n: usize| u32::try_from(n).ok();
    Ok(LogoFacts { bytes, width: pixels(size.width), height: pixels(size.height), kind })
}

fn svg(head: &[u8], bytes: u64) -> Result<LogoFacts, NotALogo> {
    let begins = |s: &str| s.contains("<svg") || s.contains(":svg");
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character.
        Err(e) if e.error_len().is_none() => {
            head.get(..e.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or_default()
        }
        Err(_) => {
            let ascii: String =
                head.iter().filter(|b| b.is_ascii() && **b != 0).map(|b| char::from(*b)).collect();
            let markup = ascii.trim_start().starts_with('<') && begins(&ascii);
            return Err(if markup { NotALogo::NotUtf8 } else { NotALogo::OtherKind });
        }
    };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if !start.starts_with('<') || !begins(text) {
        return Err(NotALogo::OtherKind);
    }
    Ok(LogoFacts { bytes, width: None, height: None, kind: LogoKind::Svg })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        out.extend(width.to_be_bytes());
        out.extend(height.to_be_bytes());
        out
    }

    #[test]
    fn the_head_tells_kind_and_size() {
        let facts = logo_facts(&png(420, 120), 5_000).unwrap();
        assert_eq!(
            (facts.kind, facts.width, facts.height, facts.bytes),
            (LogoKind::Png, Some(420), Some(120), 5_000)
        );
        let gif = logo_facts(b"GIF89a\x0a\x00\x14\x00\x00\x00\x00", 13).unwrap();
        assert_eq!((gif.kind, gif.width, gif.height), (LogoKind::Gif, Some(10), Some(20)));
        let svg = logo_facts("\u{feff}<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 1 1\"/>é".as_bytes(), 60)
            .unwrap();
        assert_eq!((svg.kind, svg.width), (LogoKind::Svg, None));
    }

    #[test]
    fn what_is_no_logo_is_said() {
        assert_eq!(logo_facts(b"", 0), Err(NotALogo::OtherKind));
        assert_eq!(logo_facts(b"<html></html>", 13), Err(NotALogo::OtherKind));
        assert_eq!(
            logo_facts(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0", 26),
            Err(NotALogo::OtherKind)
        );
        assert_eq!(logo_facts(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16), Err(NotALogo::Damaged));
        assert_eq!(
            logo_facts(b"<?xml version=\"1.0\" encoding=\"latin1\"?><svg>\xe9 </svg>", 55),
            Err(NotALogo::NotUtf8)
        );
    }
}
