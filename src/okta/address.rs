//! What a person types or pastes as *the org URL*, made into the one that the API takes. Pure.

use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Okta's own domains. Anything else is taken for a custom domain.
const OKTA: [&str; 5] = ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"];

/// An org's address, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgAddress {
    /// Scheme, host and, where it is not the scheme's own, port; no trailing slash: `https://acme.okta.com`.
    pub url: String,
    /// What was changed or is worth knowing, a sentence each; empty if it was written as it is used.
    pub notes: Vec<String>,
}

/// Why an input is no org address. Each says what to enter instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was entered.
    #[error("Enter the org URL, such as https://acme.okta.com.")]
    Empty,
    /// It cannot be read as an address.
    #[error("This is not a web address. An org URL looks like https://acme.okta.com.")]
    NotAnAddress,
    /// A scheme other than http and https.
    #[error("{0}: is not a way to an Okta org. An org URL begins with https://.")]
    Scheme(String),
    /// http to another machine.
    #[error(
        "http:// would send the token in the clear. Only an org on this machine (127.0.0.1) may use it; enter https://."
    )]
    Clear,
    /// A user name or a password in it.
    #[error(
        "The address has a user name or password in it. Enter it without: the API token is asked for on its own."
    )]
    Credentials,
    /// A letter in the host name that looks like another one.
    #[error(
        "The host name has the character \"{0}\" (U+{code:04X}), which is not what it looks like. Type the name; one with such letters as xn--….", code = *.0 as u32
    )]
    NotAscii(char),
    /// A name without a dot, which is an org's subdomain at most.
    #[error("\"{0}\" is not a whole host name. Did you mean {0}.okta.com?")]
    Incomplete(String),
    /// Okta's own site or one of its domains alone.
    #[error("{0} is Okta's own site, not an org. Your org's name comes before it: acme.{0}.")]
    NoOrg(String),
}

/// Makes an org's address of what was typed or pasted: host names without a scheme, Admin Console addresses, issuers, whole
/// pages. Doing it again changes nothing.
///
/// # Errors
/// [`AddressError`], with what to enter instead.
pub fn normalise(input: &str) -> Result<OrgAddress, AddressError> {
    let mut notes = Vec::new();
    // Quotes and angle brackets come along from mails and documents.
    let typed = input.trim_matches(|c: char| c.is_whitespace() || "\"'<>`".contains(c));
    let squeezed: String =
        typed.chars().filter(|c| !c.is_whitespace() && !crate::text::is_unsafe(*c)).collect();
    if squeezed.is_empty() {
        return Err(AddressError::Empty);
    }
    if squeezed != input {
        notes.push("Removed spaces and other characters around or inside the address.".to_owned());
    }
    // An address that only looks like the org's would be given the token.
    let after = squeezed.split_once("://").map_or(squeezed.as_str(), |(_, rest)| rest);
    let named = after.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some(other) = named.chars().find(|c| !c.is_ascii()) {
        return Err(AddressError::NotAscii(other));
    }
    let url = parse(&squeezed, &mut notes)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    let host = url.host().ok_or(AddressError::NotAnAddress)?;
    let here = is_here(&host);
    if url.scheme() == "http" && !here {
        return Err(AddressError::Clear);
    }
    let name = match host {
        Host::Domain(name) if !here => org_host(name, &mut notes)?,
        Host::Ipv4(Ipv4Addr::UNSPECIFIED) => return Err(AddressError::NotAnAddress),
        host => host.to_string(),
    };
    if squeezed.chars().any(|c| c.is_ascii_uppercase())
        && squeezed.to_ascii_lowercase().contains(&name)
        && !squeezed.contains(&name)
    {
        notes.push("Host names are written in lower case.".to_owned());
    }
    if let Some(note) = tail(&url) {
        notes.push(note);
    }
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    Ok(OrgAddress { url: format!("{}://{name}{port}", url.scheme()), notes })
}

fn parse(squeezed: &str, notes: &mut Vec<String>) -> Result<Url, AddressError> {
    let parse = |text: &str| Url::parse(text).map_err(|_| AddressError::NotAnAddress);
    if let Some((scheme, _)) = squeezed.split_once("://") {
        let lower = scheme.to_ascii_lowercase();
        return match lower.as_str() {
            "https" | "http" => parse(squeezed),
            _ if lower.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
                Err(AddressError::Scheme(lower))
            }
            _ => Err(AddressError::NotAnAddress),
        };
    }
    let rest = squeezed.trim_start_matches('/');
    let url = parse(&format!("https://{rest}"))?;
    // An org on this machine is a demo, and that speaks http.
    let (scheme, note) = match url.host().is_some_and(|host| is_here(&host)) {
        true => ("http", "Added http://, as for an org on this machine."),
        false => ("https", "Added https://."),
    };
    notes.push(note.to_owned());
    parse(&format!("{scheme}://{rest}"))
}

/// Whether a host is this machine, to which http is allowed.
fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => *ip == Ipv6Addr::LOCALHOST,
        Host::Domain(name) => *name == "localhost",
    }
}

/// The host of the org's API for a host name of the org.
fn org_host(name: &str, notes: &mut Vec<String>) -> Result<String, AddressError> {
    // A final dot is a complete name too (RFC 1034 §3.1), but no certificate and no issuer has one.
    let bare = name.trim_end_matches('.');
    if bare.is_empty() || bare.contains("..") {
        return Err(AddressError::NotAnAddress);
    }
    if bare != name {
        notes.push("Removed the dot at the end of the host name.".to_owned());
    }
    if !bare.contains('.') {
        return Err(AddressError::Incomplete(bare.to_owned()));
    }
    let Some(domain) =
        OKTA.iter().find(|d| bare == **d || bare.strip_suffix(**d).is_some_and(|b| b.ends_with('.')))
    else {
        notes.push(format!(
            "{bare} is not one of Okta's own domains; it is taken for your org's custom domain."
        ));
        return Ok(bare.to_owned());
    };
    let sub = bare.strip_suffix(*domain).unwrap_or_default().trim_end_matches('.');
    if matches!(sub, "" | "www" | "login" | "developer" | "help" | "support" | "admin") {
        return Err(AddressError::NoOrg((*domain).to_owned()));
    }
    let org = sub.trim_end_matches("-admin");
    if org.is_empty() {
        return Err(AddressError::NoOrg((*domain).to_owned()));
    }
    if org != sub {
        notes.push(format!("{bare} is the Admin Console; the API answers at {org}.{domain}."));
    }
    Ok(format!("{org}.{domain}"))
}

/// What stood after the host, if that says something about what was pasted.
fn tail(url: &Url) -> Option<String> {
    let path = url.path().trim_end_matches('/');
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    Some(match first {
        "" if url.query().is_some() || url.fragment().is_some() => {
            "Removed what stood after the host.".to_owned()
        }
        "" => return None,
        "oauth2" => "This was an issuer or one of its endpoints; the org URL is its host alone.".to_owned(),
        "admin" => "This was a page of the Admin Console; the org URL is its host alone.".to_owned(),
        _ => "Removed the path: the org URL is scheme and host alone.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(input: &str) -> String {
        normalise(input).unwrap_or_else(|e| panic!("{input}: {e}")).url
    }

    #[test]
    fn what_people_paste() {
        for (input, expected) in [
            ("https://acme.okta.com", "https://acme.okta.com"),
            ("https://acme.okta.com/", "https://acme.okta.com"),
            ("acme.okta.com", "https://acme.okta.com"),
            ("//acme.okta.com", "https://acme.okta.com"),
            ("  ACME.Okta.com\n", "https://acme.okta.com"),
            ("HTTPS://ACME.OKTA.COM", "https://acme.okta.com"),
            ("<https://acme.okta.com>", "https://acme.okta.com"),
            ("acme-admin.okta.com", "https://acme.okta.com"),
            ("https://acme-admin.oktapreview.com/admin/apps/active", "https://acme.oktapreview.com"),
            ("https://acme.okta.com/oauth2/default", "https://acme.okta.com"),
            ("https://acme.okta.com/app/UserHome?x=1#y", "https://acme.okta.com"),
            ("https://acme.okta-emea.com", "https://acme.okta-emea.com"),
            ("https://agency.okta-gov.com", "https://agency.okta-gov.com"),
            ("https://agency.okta.mil", "https://agency.okta.mil"),
            ("https://login.acme.com/", "https://login.acme.com"),
            ("https://acme.okta.com:443", "https://acme.okta.com"),
            ("https://acme.okta.com:8443", "https://acme.okta.com:8443"),
            ("acme.okta.com:8443/x", "https://acme.okta.com:8443"),
            ("acme.okta.com.", "https://acme.okta.com"),
            ("http://127.0.0.1:4040/", "http://127.0.0.1:4040"),
            ("127.0.0.1:4040", "http://127.0.0.1:4040"),
            ("localhost:4040", "http://localhost:4040"),
            ("http://[::1]:4040", "http://[::1]:4040"),
            ("https://sub.acme-admin.okta.com", "https://sub.acme.okta.com"),
            ("https://acme\u{200b}.okta.com", "https://acme.okta.com"),
            ("localhost.example", "https://localhost.example"),
        ] {
            assert_eq!(url(input), expected, "{input}");
        }
    }

    #[test]
    fn each_change_is_said() {
        assert_eq!(normalise("https://acme.okta.com").unwrap().notes, Vec::<String>::new());
        for (input, word) in [
            ("acme.okta.com", "https://"),
            ("https://acme-admin.okta.com", "Admin Console"),
            ("https://acme.okta.com/oauth2/default", "issuer"),
            ("https://acme.okta.com/admin/apps", "page of the Admin Console"),
            ("https://acme.okta.com/x", "path"),
            ("https://ACME.okta.com", "lower case"),
            (" https://acme.okta.com", "spaces"),
            ("https://sso.acme.com", "custom domain"),
            ("https://acme.okta.com?x=1", "after the host"),
            ("https://acme.okta.com.", "dot"),
        ] {
            let notes = normalise(input).unwrap().notes;
            assert!(notes.len() == 1 && notes[0].contains(word), "{input}: {notes:?}");
        }
    }

    #[test]
    fn what_is_no_org_is_refused_with_what_to_enter() {
        for (input, word) in [
            ("", "Enter the org URL"),
            (" \n", "Enter the org URL"),
            ("http://acme.okta.com", "in the clear"),
            ("http://192.168.0.4", "in the clear"),
            ("http://127.0.0.1.example", "in the clear"),
            ("https://ana:pw@acme.okta.com", "user name"),
            ("https://acme.okta.com@evil.example", "user name"),
            ("ftp://acme.okta.com", "ftp"),
            ("acme", "acme.okta.com"),
            ("okta.com", "not an org"),
            ("https://www.okta.com/login", "not an org"),
            ("https://-admin.okta.com", "not an org"),
            ("https://", "not a web address"),
            ("https://a b%.com", "not a web address"),
            ("mailto:ana@acme.com", "user name"),
        ] {
            let said = normalise(input).expect_err(input).to_string();
            assert!(said.contains(word), "{input}: {said}");
        }
    }

    proptest! {
        #[test]
        fn nothing_typed_makes_trouble(input in any::<String>()) {
            let _ = normalise(&input);
        }

        #[test]
        fn doing_it_again_changes_nothing(input in "(https?://)?[A-Za-z0-9.-]{1,20}(\\.okta\\.com|\\.acme\\.org)?(:[0-9]{1,4})?(/[a-z]{0,5}){0,2}") {
            if let Ok(once) = normalise(&input) {
                let again = normalise(&once.url).unwrap();
                prop_assert_eq!(&again.url, &once.url);
                // A custom domain stays worth a word; nothing else is left to say.
                prop_assert!(again.notes.iter().all(|n| n.contains("custom domain")), "{:?}", again.notes);
                prop_assert!(!once.url.ends_with('/') && once.url.is_ascii());
                prop_assert!(once.url.starts_with("https://") || url::Url::parse(&once.url).is_ok());
            }
        }
    }
}
