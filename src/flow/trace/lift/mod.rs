//! From a raw request and its answer to an [`Exchange`] without secrets.
//!
//! Two passes. The first finds the secrets: by the name of a parameter, header, field or cookie, by the shape of a JWT, inside
//! URLs wherever they stand. The second writes every text with a hole wherever a value found so far occurs, in any spelling
//! ([`Safe::seal`]), so that a secret echoed under another name is no leak.
//!
//! Left readable on purpose: the client id (no secret, RFC 6749 §2.2), and `username` and `login_hint`, since the trace says
//! who signed in.

mod find;
mod json;
mod names;

pub use names::{is_private_key_member, kind_of};

use super::{Exchange, Parameter, Piece, Place, Safe, SecretKind, Text, meaning, page};
use crate::text::Clean;
use find::{is_jwt, scan};

/// Most of a body that is kept in a trace, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A request as it was sent, with what came of it.
pub struct Raw<'a> {
    /// `GET`, `POST`.
    pub method: &'a str,
    /// The URL as sent.
    pub url: &'a str,
    /// Request headers, names in any case.
    pub request_headers: &'a [(String, String)],
    /// Request body.
    pub request_body: &'a [u8],
    /// The answer, or why there was none. `None`: not sent yet.
    pub answer: Option<Result<RawAnswer<'a>, &'a str>>,
}

/// An answer as it came.
pub struct RawAnswer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: &'a [(String, String)],
    /// Response body, whole.
    pub body: &'a [u8],
}

/// Lifts the secrets of `raw` into `safe` and gives the exchange without them.
pub fn exchange(raw: &Raw<'_>, safe: &mut Safe) -> Exchange {
    let sent_type = header(raw.request_headers, "content-type");
    let sent_body = String::from_utf8_lossy(raw.request_body);
    let no_headers: &[(String, String)] = &[];
    let (status, headers, body, trouble) = match &raw.answer {
        Some(Ok(answer)) => (Some(answer.status), answer.headers, answer.body, None),
        Some(Err(why)) => (None, no_headers, &[][..], Some(Clean::new(why))),
        None => (None, no_headers, &[][..], None),
    };
    let media_type = header(headers, "content-type");
    let text = String::from_utf8_lossy(body);

    find_in_url(raw.url, safe);
    find_in_headers(raw.request_headers, safe);
    find_in_body(sent_type, &sent_body, safe);
    find_in_headers(headers, safe);
    find_in_body(media_type, &text, safe);

    let mut sent = query_parameters(raw.url, Place::Query, safe);
    sent.extend(body_parameters(sent_type, &sent_body, safe));
    let mut received = Vec::new();
    if let Some(location) = find_header(headers, "location") {
        received.extend(query_parameters(location, Place::Location, safe));
    }
    received.extend(body_parameters(media_type, &text, safe));

    Exchange {
        method: raw.method.to_owned(),
        url: url_text(raw.url, safe),
        request_headers: header_texts(raw.request_headers, safe),
        request_body: body_text(sent_type, &sent_body, safe),
        status,
        response_headers: header_texts(headers, safe),
        response_body: body_text(media_type, &text, safe),
        response_bytes: body.len(),
        trouble,
        sent,
        received,
    }
}

fn find_header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    find_header(headers, name).unwrap_or_default()
}

// ── first pass: find ────────────────────────────────────────────────────────────────────────────────────────────────────

fn find_in_url(url: &str, safe: &mut Safe) {
    if let Some(password) = find::password_in_url(url) {
        safe.lift(SecretKind::Password, &percent_decoded(password));
    }
    for (name, value) in pairs(url) {
        find_in_pair(&name, &value, safe);
    }
}

fn find_in_pair(name: &str, value: &str, safe: &mut Safe) {
    match kind_of(name) {
        Some(kind) if !value.is_empty() => {
            safe.lift(kind, value);
        }
        _ => scan(value, false, safe),
    }
}

fn find_in_headers(headers: &[(String, String)], safe: &mut Safe) {
    for (name, value) in headers {
        match names::header(name) {
            names::Header::Secret => {
                safe.lift(SecretKind::Credential, value);
            }
            names::Header::Authorization => {
                let (_, credentials) = value.split_once(' ').unwrap_or(("", value));
                let jwt = value.to_ascii_lowercase().starts_with("bearer ");
                safe.lift(if jwt { SecretKind::AccessToken } else { SecretKind::Credential }, credentials);
            }
            names::Header::Cookie => {
                for (_, value) in cookie_pairs(value).filter(|(_, v)| !v.is_empty()) {
                    safe.lift(SecretKind::Session, value);
                }
            }
            names::Header::SetCookie => {
                let first = value.split(';').next().unwrap_or_default();
                if let Some((_, value)) = first.split_once('=').filter(|(_, v)| !v.trim().is_empty()) {
                    safe.lift(SecretKind::Session, value.trim());
                }
            }
            names::Header::Url => find_in_url(value, safe),
            names::Header::Plain => scan(value, false, safe),
        }
    }
}

fn find_in_body(media_type: &str, body: &str, safe: &mut Safe) {
    if body.is_empty() {
        return;
    }
    if is_form(media_type) {
        for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
            find_in_pair(&name, &value, safe);
        }
    } else if let Some(value) = json::parse(media_type, body) {
        json::find(&value, safe);
    } else {
        scan(window(body), true, safe);
    }
}

// ── second pass: write ──────────────────────────────────────────────────────────────────────────────────────────────────

/// A URL with its secret parameters as holes, otherwise as it was sent.
pub fn url_text(url: &str, safe: &mut Safe) -> Text {
    let split = url.find(['?', '#']).unwrap_or(url.len());
    let (base, rest) = url.split_at(split);
    let mut pieces = safe.seal(base).pieces().to_vec();
    pieces.extend(pair_pieces(rest, safe));
    Text::of(pieces)
}

/// `?a=1&b=2#c=3` or `a=1&b=2`, piece by piece: separators stay, secret values become holes.
fn pair_pieces(raw: &str, safe: &mut Safe) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in raw.split_inclusive(['?', '&', '#']) {
        let (pair, separator) = match part.char_indices().next_back() {
            Some((at, '?' | '&' | '#')) => part.split_at(at),
            _ => (part, ""),
        };
        match pair.split_once('=') {
            Some((name, value)) if kind_of(&percent_decoded(name)).is_some() && !value.is_empty() => {
                pieces.extend(safe.seal(&format!("{name}=")).pieces().to_vec());
                let kind = kind_of(&percent_decoded(name)).unwrap_or(SecretKind::Credential);
                pieces.push(Piece::Hole(safe.lift(kind, &percent_decoded(value))));
            }
            _ => pieces.extend(safe.seal(pair).pieces().to_vec()),
        }
        if !separator.is_empty() {
            pieces.push(Piece::Plain(separator.to_owned()));
        }
    }
    pieces
}

fn header_texts(headers: &[(String, String)], safe: &mut Safe) -> Vec<(Clean, Text)> {
    headers.iter().map(|(name, value)| (Clean::new(name), header_text(name, value, safe))).collect()
}

fn header_text(name: &str, value: &str, safe: &mut Safe) -> Text {
    let plain = |text: &str| Piece::Plain(text.to_owned());
    match names::header(name) {
        names::Header::Secret => Text::of(vec![Piece::Hole(safe.lift(SecretKind::Credential, value))]),
        names::Header::Authorization => {
            let (scheme, credentials) = value.split_once(' ').unwrap_or(("", value));
            let hole = safe.lift(SecretKind::Credential, credentials);
            Text::of(vec![plain(scheme), plain(" "), Piece::Hole(hole)])
        }
        names::Header::Cookie => {
            let mut pieces = Vec::new();
            for (name, value) in cookie_pairs(value) {
                pieces.push(plain(if pieces.is_empty() { "" } else { "; " }));
                pieces.push(Piece::Plain(format!("{name}=")));
                pieces.push(Piece::Hole(safe.lift(SecretKind::Session, value)));
            }
            Text::of(pieces)
        }
        names::Header::SetCookie => {
            let (first, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
            let (name, value) = first.split_once('=').unwrap_or((first, ""));
            let mut pieces = vec![Piece::Plain(format!("{name}="))];
            if !value.trim().is_empty() {
                pieces.push(Piece::Hole(safe.lift(SecretKind::Session, value.trim())));
            }
            pieces.extend(safe.seal(attributes).pieces().to_vec());
            Text::of(pieces)
        }
        names::Header::Url => url_text(value, safe),
        names::Header::Plain => safe.seal(value),
    }
}

/// A body as it is shown: JSON indented, everything else as it came; cut at [`BODY_LIMIT`].
fn body_text(media_type: &str, body: &str, safe: &mut Safe) -> Text {
    if body.is_empty() {
        return Text::default();
    }
    let text = if is_form(media_type) {
        Text::of(pair_pieces(body, safe))
    } else if let Some(value) = json::parse(media_type, body) {
        Text::of(json::pieces(&value, safe))
    } else {
        safe.seal(window(body))
    };
    cut(text)
}

/// Twice the limit: a value that begins before the limit is still found whole.
fn window(body: &str) -> &str {
    let mut end = body.len().min(2 * BODY_LIMIT);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    body.get(..end).unwrap_or_default()
}

fn cut(text: Text) -> Text {
    let (mut room, mut pieces) = (BODY_LIMIT, Vec::new());
    for piece in text.pieces() {
        match piece {
            Piece::Plain(plain) if plain.len() > room => {
                let mut end = room;
                while !plain.is_char_boundary(end) {
                    end -= 1;
                }
                pieces.push(Piece::Plain(plain.get(..end).unwrap_or_default().to_owned()));
                return Text::of(pieces);
            }
            Piece::Plain(plain) => room -= plain.len(),
            Piece::Hole(_) => {}
        }
        pieces.push(piece.clone());
    }
    text
}

// ── parameters ──────────────────────────────────────────────────────────────────────────────────────────────────────────

fn query_parameters(url: &str, place: Place, safe: &mut Safe) -> Vec<Parameter> {
    pairs(url).into_iter().flat_map(|(name, value)| parameter(place, &name, &value, safe)).collect()
}

fn body_parameters(media_type: &str, body: &str, safe: &mut Safe) -> Vec<Parameter> {
    if is_form(media_type) {
        let pairs = url::form_urlencoded::parse(body.as_bytes()).take(PARAMETER_LIMIT);
        let pairs: Vec<(String, String)> = pairs.map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
        pairs.into_iter().flat_map(|(n, v)| parameter(Place::Form, &n, &v, safe)).collect()
    } else if let Some(value) = json::parse(media_type, body) {
        json::flat(&value)
            .into_iter()
            .take(PARAMETER_LIMIT)
            .flat_map(|(name, value)| parameter(Place::Json, &name, &value, safe))
            .collect()
    } else if page::is_html(media_type, body) {
        let Some((code, description)) = page::error_of(window(body)) else { return Vec::new() };
        let named = [("error", code), ("error_description", description)];
        named.into_iter().flat_map(|(name, value)| parameter(Place::Page, name, &value, safe)).collect()
    } else {
        Vec::new()
    }
}

/// More parameters of one message than anybody reads.
const PARAMETER_LIMIT: usize = 200;

/// A parameter of a request that is not sent yet, its value lifted where it is a secret.
pub fn of_request(place: Place, name: &str, value: &str, safe: &mut Safe) -> Option<Parameter> {
    parameter(place, name, value, safe).into_iter().next()
}

/// The parameter and, when its value is a JWT, what is inside.
fn parameter(place: Place, name: &str, value: &str, safe: &mut Safe) -> Vec<Parameter> {
    let key = name.rsplit('.').next().unwrap_or(name);
    let kind = kind_of(key).filter(|_| !value.is_empty());
    let text = match kind {
        Some(kind) => Text::of(vec![Piece::Hole(safe.lift(kind, value))]),
        None => safe.seal(value),
    };
    let mut all = vec![Parameter {
        place,
        name: Clean::new(name),
        value: text,
        meaning: meaning::of(place, key).into(),
    }];
    if is_jwt(value) {
        for (place, part) in [(Place::JwtHeader, 0), (Place::JwtClaims, 1)] {
            for (claim, value) in json::jwt_part(value, part) {
                let text = match kind_of(&claim).filter(|_| !value.is_empty()) {
                    Some(kind) => Text::of(vec![Piece::Hole(safe.lift(kind, &value))]),
                    None => safe.seal(&value),
                };
                let meaning = meaning::of(place, &claim).into();
                let name = Clean::new(&format!("{name}.{claim}"));
                all.push(Parameter { place, name, value: text, meaning });
            }
        }
    }
    all
}

/// The decoded parameters of a URL's query and fragment, in order.
pub fn pairs(url: &str) -> Vec<(String, String)> {
    let Some(start) = url.find(['?', '#']) else { return Vec::new() };
    let rest = url.get(start + 1..).unwrap_or_default();
    rest.split(['?', '&', '#'])
        .filter(|part| !part.is_empty())
        .take(PARAMETER_LIMIT)
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (percent_decoded(name), percent_decoded(value)))
        .collect()
}

/// Form decoding of one name or value: `+` is a space, `%41` is `A`; what is malformed stays as it is.
fn percent_decoded(raw: &str) -> String {
    // Only the first pair is wanted: `&` cannot occur, `=` may.
    let escaped = raw.replace('&', "%26").replace('=', "%3D");
    let decoded = url::form_urlencoded::parse(escaped.as_bytes()).next();
    decoded.map_or_else(String::new, |(name, _)| name.into_owned())
}

fn cookie_pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value.split(';').map(str::trim).filter_map(|pair| pair.split_once('='))
}

fn is_form(media_type: &str) -> bool {
    media_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests;
