//! Recognises what was pasted or opened, and makes evidence of it. Each kind has a file; all of them end in one [`Raw`] request and
//! answer, so that a URL from an address bar, a line of curl and a HAR's entry are read alike.

mod answer;
mod curl;
pub mod har;
mod json;
mod log;
mod scattered;
mod token;

use super::address::{Address, Endpoint};
use super::evidence::{Basic, ClientAuth, Evidence, Hop, Parameter, Provenance};
use super::mask;
use crate::flow::trace::Place;
use crate::flow::trace::lift::pairs;
use crate::flow::trace::page;
use crate::text::Clean;
use crate::uri::Callback;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use url::form_urlencoded;

/// How much of a paste is looked at, in bytes. A HAR is longer, and is read by [`har`].
pub const LONGEST: usize = 4 * 1024 * 1024;

/// A request with its answer, as raw text. Only [`hop`] sees it; secrets end here.
#[derive(Default)]
pub(super) struct Raw {
    pub method: String,
    pub url: String,
    pub request_headers: Vec<(String, String)>,
    pub request_body: String,
    pub status: Option<u16>,
    pub response_headers: Vec<(String, String)>,
    pub response_body: String,
    pub trouble: Option<String>,
    pub sent_at: Option<Timestamp>,
}

/// Recognises a paste. `callbacks` are the gateway's, as somebody told us; `now` is the time at which it is looked at.
pub fn paste(text: &str, callbacks: &[Callback], now: Option<Timestamp>) -> Evidence {
    let mut evidence = Evidence { callbacks: callbacks.to_vec(), now, ..Evidence::default() };
    let end = (0..=text.len().min(LONGEST)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    let whole = text.len() <= end;
    let text = text.get(..end).unwrap_or_default().trim_start_matches('\u{FEFF}').trim();
    if !whole {
        evidence.notes.push("The paste is longer than 4 MiB: only its beginning was looked at. Open a large capture as a file.".into());
    }
    read(text, &mut evidence);
    evidence
}

/// The recognisers, from the most to the least demanding.
fn read(text: &str, evidence: &mut Evidence) {
    if text.is_empty() {
        return;
    }
    let recognised = json::read(text, evidence)
        || token::read(text, evidence)
        || curl::read(text, evidence)
        || of_page(text, evidence)
        || of_url(text, evidence);
    if !recognised {
        scattered::read(text, evidence);
    }
}

/// Okta's error page, as markup or as the text that a person marked on it.
fn of_page(text: &str, evidence: &mut Evidence) -> bool {
    let lower = text.get(..text.len().min(200_000)).unwrap_or(text).to_ascii_lowercase();
    let labelled = lower.contains("error code:") || lower.contains("must be a login redirect uri");
    if !page::is_html("", text) && !labelled {
        return false;
    }
    let html = page::is_html("", text);
    let raw = Raw { response_body: text.to_owned(), ..Raw::default() };
    let mut hop = hop(raw, &evidence.callbacks);
    if hop.refusal.is_none() && labelled {
        hop.refusal = Some(answer::of_words("invalid_request", text));
    }
    if labelled {
        hop.endpoint = Endpoint::Authorize;
    }
    evidence.recognised.push(match (&hop.refusal, html) {
        (Some(_), _) => "an error page of Okta's",
        (None, _) => "a web page",
    });
    evidence.push(hop);
    true
}

/// A URL, or a bare query as `code=…&state=…`. Terminals and mails break URLs into lines.
fn of_url(text: &str, evidence: &mut Evidence) -> bool {
    let text = text.trim_matches(|c: char| matches!(c, '"' | '\'' | '<' | '>' | '`'));
    let one_word_a_line = text.lines().all(|line| !line.trim().contains(char::is_whitespace));
    if !one_word_a_line
        || text.matches("://").count() > 1
            && text.lines().filter(|l| l.trim().starts_with("http")).count() > 1
    {
        return false;
    }
    let line: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_url =
        line.contains("://") && line.split("://").next().is_some_and(|s| !s.contains(['?', '&', '=', '{']));
    let is_query = !line.contains("://") || line.find("://") > line.find('=');
    let known = ["code", "error", "state", "client_id", "redirect_uri", "access_token", "id_token"];
    let url = if is_url {
        line
    } else if is_query && line.contains('=') {
        format!("?{}", line.trim_start_matches(['?', '#', '&']))
    } else {
        return false;
    };
    let all = pairs(&url);
    if !is_url && !all.iter().any(|(name, _)| known.contains(&name.as_str())) {
        return false;
    }
    let hop = hop(Raw { url, ..Raw::default() }, &evidence.callbacks);
    evidence.recognised.push(match hop.endpoint {
        Endpoint::Authorize => "an authorize URL",
        Endpoint::Callback if hop.refusal.is_some() => "a callback with an error",
        Endpoint::Callback if hop.sent("code").is_some() => "a callback with a code",
        Endpoint::Callback => "a callback",
        Endpoint::SignIn => "an address of Okta's sign-in",
        Endpoint::Token => "the token endpoint's address",
        Endpoint::Metadata | Endpoint::ResourceMetadata => "the address of metadata",
        Endpoint::Mcp => "an MCP server's address",
        _ => "an address",
    });
    evidence.push(hop);
    true
}

/// Reads one request and its answer.
pub(super) fn hop(raw: Raw, callbacks: &[Callback]) -> Hop {
    let address = Address::of(&raw.url, callbacks);
    let query = pairs(&raw.url);
    let sent_type = header(&raw.request_headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    let form = if sent_type.contains("json") || raw.request_body.trim_start().starts_with('{') {
        Vec::new()
    } else {
        pairs(&format!("?{}", raw.request_body.trim()))
    };
    let names: Vec<&str> = query.iter().chain(&form).map(|(name, _)| name.as_str()).collect();
    let mut endpoint = match &address {
        Some(address) => address.endpoint(&names, callbacks),
        None => of_names(&names),
    };
    if raw.request_body.contains("\"jsonrpc\"") && endpoint != Endpoint::Token {
        endpoint = Endpoint::Mcp;
    }
    let get =
        |list: &[(String, String)], name: &str| list.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let parameters = |list: &[(String, String)], place: Place| -> Vec<Parameter> {
        list.iter()
            .take(100)
            .map(|(name, v)| Parameter {
                place,
                name: Clean::new(&mask::cut(name, 80)),
                value: mask::value(name, v),
            })
            .collect()
    };
    let mut sent = parameters(&query, Place::Query);
    sent.extend(parameters(&form, Place::Form));
    // RFC 9728 §5.1: the challenge of a protected resource, wherever it is; neither Okta's userinfo nor its API sends one.
    let challenged = header(&raw.response_headers, "www-authenticate");
    if matches!(endpoint, Endpoint::Unsaid | Endpoint::Other | Endpoint::Gateway)
        && challenged.is_some_and(|c| c.contains("resource_metadata"))
    {
        endpoint = Endpoint::Mcp;
    }
    let read = answer::read(&raw, endpoint, &query);
    Hop {
        number: 0,
        method: Clean::new(&mask::cut(&raw.method, 10)),
        url: mask::url(&raw.url),
        redirect_uri: get(&query, "redirect_uri").or_else(|| get(&form, "redirect_uri")),
        client_auth: if endpoint == Endpoint::Token {
            client_auth(&raw.request_headers, &form)
        } else {
            None
        },
        basic: if endpoint == Endpoint::Token { basic(&raw.request_headers) } else { None },
        sent,
        received: read.received,
        status: raw.status,
        media_type: Clean::new(&read.media_type),
        refusal: read.refusal,
        page_title: read.page_title,
        challenge: read.challenge,
        server_header: read.server,
        trouble: raw.trouble.as_deref().map(mask::plain),
        sent_at: raw.sent_at,
        date: read.date,
        provenance: Some(Provenance::Observed),
        endpoint,
        address,
    }
}

/// What a bare query is, from its names.
fn of_names(names: &[&str]) -> Endpoint {
    let has = |name: &str| names.contains(&name);
    if has("response_type") || (has("client_id") && has("redirect_uri") && !has("grant_type")) {
        Endpoint::Authorize
    } else if has("grant_type") {
        Endpoint::Token
    } else if has("code") || has("error") || has("state") {
        Endpoint::Callback
    } else {
        Endpoint::Unsaid
    }
}

fn client_auth(headers: &[(String, String)], form: &[(String, String)]) -> Option<ClientAuth> {
    let basic =
        header(headers, "authorization").is_some_and(|v| v.to_ascii_lowercase().starts_with("basic "));
    let has = |name: &str| form.iter().any(|(n, v)| n == name && !v.is_empty());
    match (basic, has("client_secret"), has("client_assertion")) {
        (true, true, _) | (true, _, true) => Some(ClientAuth::Both),
        (true, ..) => Some(ClientAuth::Basic),
        (_, true, _) => Some(ClientAuth::Post),
        (.., true) => Some(ClientAuth::Assertion),
        _ if has("client_id") => Some(ClientAuth::None),
        _ => None,
    }
}

/// What stands in a Basic header. A plus sign stays: not every client encodes as a form does, and none of Okta's secrets has one.
fn basic(headers: &[(String, String)]) -> Option<Basic> {
    let (scheme, encoded) = header(headers, "authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    let decoded = |part: &str| {
        let kept = part.replace('+', "%2B").replace('&', "%26");
        let decoded =
            form_urlencoded::parse(format!("v={kept}").as_bytes()).next().map(|(_, v)| v.into_owned());
        decoded.unwrap_or_default()
    };
    Some(Basic {
        client_id: mask::value("client_id", &decoded(client_id)),
        secret: mask::value("client_secret", &decoded(secret)),
    })
}

/// A header's value; names in any case.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}
