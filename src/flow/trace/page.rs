//! What an HTML error page says. Okta answers a bad redirect URI with a page for the person, not with a redirect
//! (RFC 6749 §4.1.2.1), so the two lines on it are all that a tester has.

/// The error code and the description on Okta's error page.
///
/// The page has the lines `Error Code: invalid_request` and `Description: The 'redirect_uri' parameter must be …`. The markup
/// between label and value differs between pages, so tags are taken out first. `None` when the page has neither line.
pub fn error_of(html: &str) -> Option<(String, String)> {
    let text = text_of(html);
    let code = after(&text, "error code:").unwrap_or_default();
    let description = after(&text, "description:").unwrap_or_default();
    (!code.is_empty() || !description.is_empty()).then_some((code, description))
}

/// The page's title, or its first line of text: enough to recognise a sign-in page, a proxy's page, a 404.
pub fn title_of(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let from_title = lower.find("<title").and_then(|at| {
        let open = at + lower.get(at..)?.find('>')? + 1;
        let close = open + lower.get(open..)?.find("</title")?;
        html.get(open..close).map(|raw| one_line(&text_of(raw)))
    });
    from_title.filter(|t| !t.is_empty()).or_else(|| {
        text_of(html).lines().map(str::trim).find(|line| !line.is_empty()).map(|line| cut(line, 120))
    })
}

/// Whether a body is HTML, by its media type or by its first characters.
pub fn is_html(media_type: &str, body: &str) -> bool {
    if media_type.to_ascii_lowercase().contains("html") {
        return true;
    }
    let start: String = body.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn after(text: &str, label: &str) -> Option<String> {
    // to_ascii_lowercase keeps byte offsets.
    let at = text.to_ascii_lowercase().find(label)? + label.len();
    let rest = text.get(at..)?;
    let line = rest.lines().map(str::trim).find(|line| !line.is_empty())?;
    let end = line.to_ascii_lowercase().find("description:").unwrap_or(line.len());
    line.get(..end).map(|s| cut(s.trim(), 600))
}

/// The text of a page: scripts and styles dropped, block tags become line ends. One pass, whatever the page holds.
fn text_of(html: &str) -> String {
    const INLINE: [&str; 9] = ["a", "b", "i", "em", "strong", "span", "code", "u", "small"];
    let lower = html.to_ascii_lowercase();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(open) = find(html, at, "<") {
        out.push_str(html.get(at..open).unwrap_or_default());
        let tag = lower.get(open + 1..).unwrap_or_default();
        let name_at = usize::from(tag.starts_with('/'));
        let name = tag.get(name_at..).unwrap_or_default();
        let name = name.get(..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len()));
        let name = name.unwrap_or_default();
        at = find(html, open, ">").map_or(html.len(), |close| close + 1);
        if name_at == 0 && matches!(name, "script" | "style") {
            at = find(&lower, at, &format!("</{name}")).unwrap_or(html.len());
        }
        if !INLINE.contains(&name) {
            out.push('\n');
        }
    }
    out.push_str(html.get(at..).unwrap_or_default());
    unescape(&out)
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| at + from)
}

fn unescape(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&nbsp;", " ")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)).replace("&amp;", "&")
}

fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), 120)
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_lines_are_read_whatever_the_markup() {
        let expected = Some(("invalid_request".into(), "The 'redirect_uri' parameter must be a URI".into()));
        for page in [
            "<h1>400</h1><p>Error Code: invalid_request</p><p>Description: The 'redirect_uri' parameter must be a URI</p>",
            "<dl><dt>Error Code:</dt><dd><b>invalid_request</b></dd><dt>Description:</dt>\n<dd>The &#39;redirect_uri&#39; parameter must be a URI</dd></dl>",
            "Error Code: invalid_request Description: The 'redirect_uri' parameter must be a URI",
        ] {
            assert_eq!(error_of(page), expected, "{page}");
        }
        assert_eq!(error_of("<title>Sign in</title>"), None);
    }

    #[test]
    fn a_title_is_found_and_a_script_is_not_text() {
        assert_eq!(title_of("<html><title> Acme -\nSign In</title>").as_deref(), Some("Acme - Sign In"));
        assert_eq!(
            title_of("<script>if (a<b) {}</script><p>Bad gateway</p>").as_deref(),
            Some("Bad gateway")
        );
    }

    proptest! {
        #[test]
        fn no_page_panics(page in ".{0,200}") {
            let _ = (error_of(&page), title_of(&page), is_html("", &page));
        }
    }
}
