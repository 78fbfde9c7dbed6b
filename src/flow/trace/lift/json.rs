//! JSON bodies: secrets found by field name, then written indented with holes.

use super::find::scan;
use super::{kind_of, names};
use crate::flow::trace::{Piece, Safe, SecretKind};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Bytes of JSON beyond which a body is treated as text, of which only the beginning is kept: no answer of a flow is so long.
const LIMIT: usize = 1024 * 1024;

/// The body as JSON, when its media type or its first character says so and it parses.
pub(super) fn parse(media_type: &str, body: &str) -> Option<Value> {
    if body.len() > LIMIT {
        return None;
    }
    let named = media_type.to_ascii_lowercase().contains("json");
    if named || body.trim_start().starts_with(['{', '[']) { serde_json::from_str(body).ok() } else { None }
}

/// Lifts the secrets of a JSON value.
pub(super) fn find(value: &Value, safe: &mut Safe) {
    walk(value, "", false, &mut |field, jwk, text| match kind(field, jwk) {
        Some(kind) if !text.is_empty() => {
            safe.lift(kind, text);
        }
        _ => scan(text, false, safe),
    });
}

fn kind(field: &str, jwk: bool) -> Option<SecretKind> {
    kind_of(field).or_else(|| (jwk && names::is_private_key_member(field)).then_some(SecretKind::Credential))
}

/// A number is a secret only where a person types one.
fn number_kind(field: &str) -> Option<SecretKind> {
    kind_of(field).filter(|kind| *kind == SecretKind::Passcode)
}

fn is_jwk(value: &Value) -> bool {
    value.get("kty").is_some_and(Value::is_string)
}

fn walk(value: &Value, field: &str, jwk: bool, visit: &mut impl FnMut(&str, bool, &str)) {
    match value {
        Value::String(text) => visit(field, jwk, text),
        Value::Number(number) if number_kind(field).is_some() => visit(field, jwk, &number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| walk(item, field, jwk, visit)),
        Value::Object(fields) => {
            let jwk = is_jwk(value);
            fields.iter().for_each(|(name, value)| walk(value, name, jwk, visit));
        }
        _ => {}
    }
}

/// The value, indented by two spaces, with holes.
pub(super) fn pieces(value: &Value, safe: &mut Safe) -> Vec<Piece> {
    let mut printer = Printer { safe, out: Vec::new(), line: String::new() };
    printer.value(value, "", false, 0);
    printer.flush();
    printer.out
}

struct Printer<'a> {
    safe: &'a mut Safe,
    out: Vec<Piece>,
    line: String,
}

impl Printer<'_> {
    fn flush(&mut self) {
        if !self.line.is_empty() {
            self.out.push(Piece::Plain(std::mem::take(&mut self.line)));
        }
    }

    fn hole(&mut self, kind: SecretKind, value: &str) {
        let hole = self.safe.lift(kind, value);
        self.flush();
        self.out.push(Piece::Hole(hole));
    }

    fn string(&mut self, text: &str) {
        self.line.push('"');
        for piece in self.safe.seal_raw(text) {
            match piece {
                Piece::Plain(plain) => {
                    let quoted = serde_json::to_string(&plain).unwrap_or_default();
                    let inner = quoted.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
                    self.line.push_str(inner.unwrap_or_default());
                }
                hole => {
                    self.flush();
                    self.out.push(hole);
                }
            }
        }
        self.line.push('"');
    }

    fn value(&mut self, value: &Value, field: &str, jwk: bool, depth: usize) {
        match value {
            Value::String(text) => match kind(field, jwk).filter(|_| !text.is_empty()) {
                Some(kind) => {
                    self.line.push('"');
                    self.hole(kind, text);
                    self.line.push('"');
                }
                None => self.string(text),
            },
            Value::Number(number) => match number_kind(field) {
                Some(kind) => self.hole(kind, &number.to_string()),
                None => self.line.push_str(&number.to_string()),
            },
            Value::Array(items) if !items.is_empty() => {
                self.line.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.next(index, depth + 1);
                    self.value(item, field, jwk, depth + 1);
                }
                self.next_line(depth);
                self.line.push(']');
            }
            Value::Object(fields) if !fields.is_empty() => {
                let jwk = is_jwk(value);
                self.line.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    self.next(index, depth + 1);
                    self.string(name);
                    self.line.push_str(": ");
                    self.value(value, name, jwk, depth + 1);
                }
                self.next_line(depth);
                self.line.push('}');
            }
            other => self.line.push_str(&other.to_string()),
        }
    }

    fn next(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.line.push(',');
        }
        self.next_line(depth);
    }

    fn next_line(&mut self, depth: usize) {
        self.line.push('\n');
        // serde_json stops at 128 levels, so this stays small.
        self.line.push_str(&"  ".repeat(depth));
    }
}

/// The value's scalars by path, in order: `_embedded.factors.0.factorType`. Arrays of scalars are one line.
pub(super) fn flat(value: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    flatten(value, String::new(), &mut out);
    out
}

fn flatten(value: &Value, path: String, out: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(value, below(name), out)),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(index, item)| flatten(item, below(&index.to_string()), out));
        }
        Value::Array(items) => out.push((path, items.iter().map(scalar).collect::<Vec<_>>().join(", "))),
        scalar_value => out.push((path, scalar(scalar_value))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The fields of a JWT's header (part 0) or claims (part 1); nothing if that part is no JSON object. Nothing is verified here.
pub(super) fn jwt_part(jwt: &str, part: usize) -> Vec<(String, String)> {
    let decoded = jwt.split('.').nth(part).and_then(|raw| URL_SAFE_NO_PAD.decode(raw).ok());
    let value = decoded.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    value.filter(Value::is_object).map(|value| flat(&value)).unwrap_or_default()
}
