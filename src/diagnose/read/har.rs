//! A HAR 1.2 capture, read as a stream: one entry is in memory at a time, and only the hops of a sign-in are kept. A capture of a
//! browser with thousands of pictures and scripts costs little more than its largest answer.
//!
//! Format: the HAR 1.2 specification (`log.entries[]` with `request`, `response`, `startedDateTime`).

use super::{Raw, hop, token};
use crate::diagnose::address::Endpoint;
use crate::diagnose::evidence::{Evidence, Hop};
use crate::uri::Callback;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::io::{BufReader, Read};

/// Hops that are kept. A sign-in has a dozen; a capture with more is a loop, and its end says nothing new.
pub const MOST_HOPS: usize = 2_000;
/// How much of a body or a URL is kept while its entry is read, in bytes.
const LONGEST: usize = 128 * 1024;

/// Reads a capture. What was read before a mistake in the file is kept, and the mistake is a note.
pub fn read(reader: impl Read, callbacks: &[Callback], now: Option<Timestamp>) -> Evidence {
    let mut evidence = Evidence { callbacks: callbacks.to_vec(), now, ..Evidence::default() };
    read_into(reader, &mut evidence);
    evidence
}

/// Reads a capture into evidence. Whether it was one.
pub(super) fn read_into(reader: impl Read, evidence: &mut Evidence) -> bool {
    let mut kept = Kept { evidence, entries: 0, dropped: 0, found: false };
    let mut json =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, Unmarked::new(reader)));
    let result = Document(&mut kept).deserialize(&mut json).and_then(|()| json.end());
    let Kept { entries, dropped, found, evidence } = kept;
    if let Err(e) = result {
        let place = format!("line {}, column {}", e.line(), e.column());
        evidence.notes.push(match (e.classify(), entries) {
            (serde_json::error::Category::Io, _) => "The capture could not be read to its end.".to_owned(),
            (serde_json::error::Category::Eof, 0) => {
                "The file ends before its first entry: it was cut short, or is no HAR.".to_owned()
            }
            (serde_json::error::Category::Eof, n) => {
                format!("The file was cut short: its first {n} entries were read.")
            }
            (_, 0) => format!("This is no HAR: {place} is not as HAR 1.2 has it."),
            (_, n) => format!("The capture is damaged at {place}: the {n} entries before it were read."),
        });
    } else if !found {
        evidence.notes.push("This is JSON, but no HAR: it has no log.entries.".into());
    }
    if dropped > 0 {
        evidence.notes.push(format!(
            "Only the first {MOST_HOPS} hops of the sign-in were kept, of {}.",
            MOST_HOPS + dropped
        ));
    }
    if found && entries > 0 && evidence.hops.is_empty() {
        evidence.notes.push(format!("None of its {entries} entries is a hop of a sign-in: record again from before the sign-in, with the log kept across pages."));
    }
    if found {
        evidence.recognised.push("a HAR capture");
        order(evidence);
    }
    found
}

/// Browsers write entries in the order of their beginning, other tools do not.
fn order(evidence: &mut Evidence) {
    if evidence.hops.iter().all(|hop| hop.sent_at.is_some()) {
        evidence.hops.sort_by_key(|hop| hop.sent_at);
        let numbers: Vec<usize> = evidence.hops.iter().map(|hop| hop.number).collect();
        for token in &mut evidence.tokens {
            token.hop = token.hop.and_then(|old| numbers.iter().position(|n| *n == old).map(|at| at + 1));
        }
        for (at, hop) in evidence.hops.iter_mut().enumerate() {
            hop.number = at + 1;
        }
    }
}

struct Kept<'a> {
    evidence: &'a mut Evidence,
    entries: usize,
    dropped: usize,
    found: bool,
}

impl Kept<'_> {
    fn entry(&mut self, entry: Entry) {
        self.entries += 1;
        let raw = entry.raw();
        // Read before the body is let go, and from what base64 stood for.
        let tokens =
            serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&raw.response_body).ok();
        let hop = hop(raw, &self.evidence.callbacks);
        if !of_a_sign_in(&hop) {
            return;
        }
        if self.evidence.hops.len() >= MOST_HOPS {
            self.dropped += 1;
            return;
        }
        if let Some(fields) = tokens.filter(|_| hop.endpoint == Endpoint::Token) {
            token::in_answer(&fields, Some(self.evidence.hops.len() + 1), self.evidence);
        }
        self.evidence.push(hop);
    }
}

/// Whether a hop says something about a sign-in. Pictures, scripts and styles of Okta's pages do not.
fn of_a_sign_in(hop: &Hop) -> bool {
    let media = hop.media_type.as_str();
    let static_file = ["image/", "font/", "text/css", "javascript"].iter().any(|m| media.contains(m))
        || hop.address.as_ref().is_some_and(|a| {
            [".js", ".css", ".png", ".svg", ".woff", ".woff2", ".ico", ".map", ".gif"]
                .iter()
                .any(|end| a.path.as_str().ends_with(end))
        });
    match hop.endpoint {
        Endpoint::Other | Endpoint::Unsaid => hop.refusal.is_some() && !static_file && is_oauth(hop),
        Endpoint::Gateway => hop.failed() && !static_file,
        Endpoint::SignIn | Endpoint::OktaApi => !static_file,
        _ => true,
    }
}

fn is_oauth(hop: &Hop) -> bool {
    hop.refusal
        .as_ref()
        .is_some_and(|r| !r.code.is_empty() && (r.code.contains('_') || r.code.starts_with("E0000")))
}

// ── the parts of HAR 1.2 that are looked at; every field may be missing ──

/// A string of which only the beginning is kept.
#[derive(Default)]
struct Short(String);

impl<'de> Deserialize<'de> for Short {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Short;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Short, E> {
                let end =
                    (0..=text.len().min(LONGEST)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                Ok(Short(text.get(..end).unwrap_or_default().to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Short, E> {
                Ok(Short::default())
            }
            fn visit_u64<E>(self, number: u64) -> Result<Short, E> {
                Ok(Short(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Short, E> {
                Ok(Short(number.to_string()))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Short, E> {
                Ok(Short(number.to_string()))
            }
            fn visit_bool<E>(self, yes: bool) -> Result<Short, E> {
                Ok(Short(yes.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Short, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Short::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Short, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Short::default())
            }
        }
        deserializer.deserialize_any(Text)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    #[serde(rename = "startedDateTime")]
    started: Short,
    request: Request,
    response: Response,
    #[serde(rename = "_error")]
    error: Short,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Request {
    method: Short,
    url: Short,
    headers: Vec<Pair>,
    #[serde(rename = "postData")]
    body: Option<Posted>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Response {
    status: Short,
    headers: Vec<Pair>,
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect: Short,
    #[serde(rename = "_error")]
    error: Short,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Posted {
    #[serde(rename = "mimeType")]
    media_type: Short,
    text: Short,
    params: Vec<Pair>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    #[serde(rename = "mimeType")]
    media_type: Short,
    text: Short,
    encoding: Short,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pair {
    name: Short,
    value: Short,
}

impl Entry {
    fn raw(self) -> Raw {
        let pairs = |list: Vec<Pair>| -> Vec<(String, String)> {
            list.into_iter().take(200).map(|p| (p.name.0, p.value.0)).collect()
        };
        let posted = self.request.body.unwrap_or_default();
        let mut request_headers = pairs(self.request.headers);
        if super::header(&request_headers, "content-type").is_none() {
            request_headers.push(("content-type".into(), posted.media_type.0));
        }
        let request_body = if posted.text.0.is_empty() {
            let form = posted.params.iter().map(|p| (p.name.0.as_str(), p.value.0.as_str()));
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
        } else {
            posted.text.0
        };
        let mut response_headers = pairs(self.response.headers);
        if super::header(&response_headers, "location").is_none() && !self.response.redirect.0.is_empty() {
            response_headers.push(("location".into(), self.response.redirect.0));
        }
        if super::header(&response_headers, "content-type").is_none() {
            response_headers.push(("content-type".into(), self.response.content.media_type.0));
        }
        let text = self.response.content.text.0;
        let body = match self.response.content.encoding.0.as_str() {
            "base64" => decoded(&text).unwrap_or(Cow::Borrowed("")).into_owned(),
            _ => text,
        };
        // Browsers write status 0 when no answer came.
        let status = self.response.status.0.parse::<u16>().ok().filter(|s| *s >= 100);
        let error = if self.response.error.0.is_empty() { self.error.0 } else { self.response.error.0 };
        Raw {
            method: self.request.method.0,
            url: self.request.url.0,
            request_headers,
            request_body,
            status,
            response_headers,
            response_body: body,
            trouble: Some(error).filter(|e| status.is_none() && !e.is_empty()),
            sent_at: self.started.0.parse().ok(),
        }
    }
}

fn decoded(text: &str) -> Option<Cow<'static, str>> {
    use base64::Engine;
    // A cut text may end inside a group of four.
    let whole = text.get(..text.len() - text.len() % 4)?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(whole).ok()?;
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

// ── the way to log.entries ──

struct Document<'a, 'b>(&'a mut Kept<'b>);
struct Log<'a, 'b>(&'a mut Kept<'b>);
struct Entries<'a, 'b>(&'a mut Kept<'b>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR: an object with log")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Short>()? {
            if key.0 == "log" {
                map.next_value_seed(Log(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Log<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Log<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR's log: an object with entries")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Short>()? {
            if key.0 == "entries" {
                self.0.found = true;
                map.next_value_seed(Entries(&mut *self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a HAR's entries: a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<Entry>()? {
            self.0.entry(entry);
        }
        Ok(())
    }
}

/// A reader without the byte order mark that some tools write before JSON (RFC 8259 §8.1 lets a reader skip it).
struct Unmarked<R> {
    inner: R,
    first: Vec<u8>,
    begun: bool,
}

impl<R: Read> Unmarked<R> {
    fn new(inner: R) -> Self {
        Self { inner, first: Vec::new(), begun: false }
    }
}

impl<R: Read> Read for Unmarked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.begun {
            self.begun = true;
            (&mut self.inner).take(3).read_to_end(&mut self.first)?;
            if self.first == [0xEF, 0xBB, 0xBF] {
                self.first.clear();
            }
        }
        if self.first.is_empty() {
            return self.inner.read(buffer);
        }
        let n = self.first.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.first.drain(..n)) {
            *to = from;
        }
        Ok(n)
    }
}
