//! HAR 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>). Members that begin with an underscore are ours, as the format allows.

use super::json::{checks, verdict};
use super::masks::Masks;
use crate::flow::trace::lift::BODY_LIMIT;
use crate::flow::trace::{Exchange, Hop, Parameter, Place, Text, Trace};
use crate::text::Clean;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

pub(super) fn write(trace: &Trace, masks: &Masks<'_>) -> String {
    let entries: Vec<Value> =
        trace.hops.iter().filter_map(|hop| Some(entry(trace, hop, hop.exchange.as_ref()?, masks))).collect();
    let archive = json!({"log": {
        "version": "1.2",
        "creator": {"name": "oktui", "version": env!("CARGO_PKG_VERSION"), "comment": masks.note()},
        "pages": [{
            "startedDateTime": trace.began.to_string(), "id": "run", "title": masks.line(&trace.title),
            "pageTimings": {"onContentLoad": -1, "onLoad": -1},
        }],
        "entries": entries,
        "comment": masks.note(),
        "_oktui": verdict(trace, masks),
    }});
    serde_json::to_string_pretty(&archive).unwrap_or_default()
}

fn entry(trace: &Trace, hop: &Hop, exchange: &Exchange, masks: &Masks<'_>) -> Value {
    json!({
        "pageref": "run",
        "startedDateTime": at(trace.began, hop.at_ms).to_string(),
        "time": time(hop),
        "request": request(exchange, masks),
        "response": response(exchange, masks),
        "cache": {},
        "timings": timings(hop),
        "comment": masks.text(&hop.title),
        "_oktui": {
            "step": hop.step, "to": hop.to, "verdict": hop.verdict,
            "why": hop.why.iter().map(|line| masks.line(line)).collect::<Vec<_>>(), "checks": checks(hop, masks),
            "altered": hop.altered.iter().map(|line| masks.line(line)).collect::<Vec<_>>(),
        },
    })
}

/// The parts of an exchange in milliseconds (HAR 1.2, *timings*): -1 where there was none. What is sent is not told apart from waiting for
/// the answer, and TLS not from TCP, so `ssl` is -1 and its time is in `connect`.
fn timings(hop: &Hop) -> Value {
    let ms = |us: u64| us as f64 / 1000.0;
    let Some(connection) = &hop.connection else {
        return json!({"blocked": -1, "dns": -1, "connect": -1, "ssl": -1, "send": 0, "wait": hop.took_ms, "receive": 0});
    };
    let connect = connection.connect_us.map(|all| all.saturating_sub(connection.name_us.unwrap_or(0)));
    let wait = connection.first_byte_us.saturating_sub(connection.connect_us.unwrap_or(0));
    json!({
        "blocked": -1, "dns": connection.name_us.filter(|_| connect.is_some()).map_or(-1.0, ms),
        "connect": connect.map_or(-1.0, ms), "ssl": -1, "send": 0, "wait": ms(wait), "receive": ms(connection.body_us),
    })
}

/// The sum of the parts, as the format wants it.
fn time(hop: &Hop) -> Value {
    match &hop.connection {
        Some(connection) => {
            json!(connection.first_byte_us.saturating_add(connection.body_us) as f64 / 1000.0)
        }
        None => json!(hop.took_ms),
    }
}

fn at(began: Timestamp, after_ms: u64) -> Timestamp {
    let after = SignedDuration::from_millis(i64::try_from(after_ms).unwrap_or(i64::MAX));
    began.checked_add(after).unwrap_or(began)
}

fn request(exchange: &Exchange, masks: &Masks<'_>) -> Value {
    let headers = &exchange.request_headers;
    let mut value = json!({
        "method": exchange.method,
        "url": masks.text(&exchange.url),
        // The version of HTTP that the two agreed on is not recorded.
        "httpVersion": "HTTP",
        "cookies": cookies(headers, "cookie", masks),
        "headers": pairs(headers, masks),
        "queryString": parameters(&exchange.sent, Place::Query, masks),
        "headersSize": -1,
        "bodySize": -1,
    });
    let body = masks.text(&exchange.request_body);
    if !body.is_empty()
        && let Some(object) = value.as_object_mut()
    {
        // "text" and "params" exclude each other, and the text says more.
        let data = json!({"mimeType": header(headers, "content-type", masks), "text": body});
        object.insert("postData".into(), data);
    }
    value
}

fn response(exchange: &Exchange, masks: &Masks<'_>) -> Value {
    let headers = &exchange.response_headers;
    let status = exchange.status.unwrap_or(0);
    let words = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let mut content = json!({
        "size": exchange.response_bytes,
        "mimeType": header(headers, "content-type", masks),
        "text": masks.text(&exchange.response_body),
    });
    if exchange.response_bytes > BODY_LIMIT
        && let Some(object) = content.as_object_mut()
    {
        object.insert("comment".into(), json!(format!("cut at {} KiB", BODY_LIMIT / 1024)));
    }
    let mut value = json!({
        "status": status,
        "statusText": words.unwrap_or_default(),
        "httpVersion": "HTTP",
        "cookies": cookies(headers, "set-cookie", masks),
        "headers": pairs(headers, masks),
        "content": content,
        "redirectURL": header(headers, "location", masks),
        "headersSize": -1,
        "bodySize": -1,
    });
    if let (Some(trouble), Some(object)) = (&exchange.trouble, value.as_object_mut()) {
        object.insert("_error".into(), json!(masks.line(trouble.as_str())));
    }
    value
}

fn header(headers: &[(Clean, Text)], name: &str, masks: &Masks<'_>) -> String {
    let found = headers.iter().find(|(n, _)| n.as_str().eq_ignore_ascii_case(name));
    found.map(|(_, value)| masks.text(value)).unwrap_or_default()
}

fn pairs(headers: &[(Clean, Text)], masks: &Masks<'_>) -> Vec<Value> {
    headers.iter().map(|(name, value)| json!({"name": name, "value": masks.text(value)})).collect()
}

fn parameters(all: &[Parameter], place: Place, masks: &Masks<'_>) -> Vec<Value> {
    let of_place = all.iter().filter(|parameter| parameter.place == place);
    of_place.map(|p| json!({"name": p.name, "value": masks.text(&p.value)})).collect()
}

/// `Cookie` holds several, `Set-Cookie` one with its attributes.
fn cookies(headers: &[(Clean, Text)], name: &str, masks: &Masks<'_>) -> Vec<Value> {
    let texts = headers.iter().filter(|(n, _)| n.as_str().eq_ignore_ascii_case(name));
    let mut all = Vec::new();
    for (_, text) in texts {
        let line = masks.text(text);
        let parts: Vec<&str> = line.split(';').map(str::trim).collect();
        let count = if name == "cookie" { parts.len() } else { 1 };
        let has = |attribute: &str| parts.iter().skip(1).any(|part| part.eq_ignore_ascii_case(attribute));
        for (name_of, value) in parts.iter().take(count).filter_map(|part| part.split_once('=')) {
            let mut cookie = json!({"name": name_of, "value": value});
            if let Some(object) = cookie.as_object_mut().filter(|_| name == "set-cookie") {
                object.insert("httpOnly".into(), has("HttpOnly").into());
                object.insert("secure".into(), has("Secure").into());
            }
            all.push(cookie);
        }
    }
    all
}
