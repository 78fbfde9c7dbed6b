//! A JWT: decoded so that its claims can be compared, never taken as proof. Its value is not kept.

use crate::diagnose::evidence::{Evidence, Parameter, Token};
use crate::diagnose::mask;
use crate::flow::checks::jwt::Jwt;
use crate::flow::trace::Place;
use crate::text::Clean;
use serde_json::{Map, Value};

/// Claims about a person: what they say is not needed to see what is wrong.
const PERSONAL: [&str; 12] = [
    "email",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "phone_number",
    "address",
    "birthdate",
    "login",
    "picture",
];

/// Whether `text` is one JWT, with or without `Bearer` before it.
pub(super) fn read(text: &str, evidence: &mut Evidence) -> bool {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = text.trim().trim_start_matches("Authorization:").trim().trim_start_matches("Bearer").trim();
    let candidate = if joined.starts_with("eyJ") { joined.as_str() } else { bare };
    let candidate = candidate.trim_matches(['"', '\'', ',', ';']);
    if !candidate.starts_with("eyJ") || candidate.contains(char::is_whitespace) {
        return false;
    }
    match Jwt::read(candidate) {
        Ok(jwt) => evidence.tokens.push(token(&jwt.header, &jwt.claims, None)),
        Err(why) => evidence.notes.push(format!("This looks like a JWT, but {why}.")),
    }
    evidence.recognised.push("a JWT");
    true
}

/// The JWTs among the fields of a token response.
pub(super) fn in_answer(fields: &Map<String, Value>, hop: Option<usize>, evidence: &mut Evidence) {
    for name in ["access_token", "id_token"] {
        let Some(raw) = fields.get(name).and_then(Value::as_str) else { continue };
        if let Ok(jwt) = Jwt::read(raw) {
            let mut token = token(&jwt.header, &jwt.claims, hop);
            token.is_id_token = name == "id_token";
            evidence.tokens.push(token);
        }
    }
}

/// Claims that somebody decoded already.
pub(super) fn of_claims(fields: &Map<String, Value>, evidence: &mut Evidence) -> bool {
    let is = |name: &str| fields.get(name).is_some_and(|v| v.is_string() || v.is_array());
    let yes = is("iss") && is("aud") && fields.get("exp").is_some_and(Value::is_number);
    if yes {
        evidence.tokens.push(token(&Map::new(), fields, None));
    }
    yes
}

fn token(header: &Map<String, Value>, claims: &Map<String, Value>, hop: Option<usize>) -> Token {
    let of = |map: &Map<String, Value>, name: &str| {
        Clean::new(&mask::cut(map.get(name).and_then(Value::as_str).unwrap_or_default(), 300))
    };
    let list = |name: &str| -> Vec<Clean> {
        match claims.get(name) {
            Some(Value::String(one)) => one.split(' ').map(Clean::new).collect(),
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(Clean::new).collect(),
            _ => Vec::new(),
        }
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction of a second is to be cut, and `as` saturates"
    )]
    let time =
        |name: &str| claims.get(name).and_then(|v| v.as_i64().or_else(|| v.as_f64().map(|s| s as i64)));
    let client = ["cid", "client_id", "azp"].iter().map(|n| of(claims, n)).find(|c| !c.as_str().is_empty());
    let scopes = if claims.contains_key("scp") { list("scp") } else { list("scope") };
    Token {
        typ: of(header, "typ"),
        alg: of(header, "alg"),
        issuer: of(claims, "iss"),
        audiences: match claims.get("aud") {
            Some(Value::String(one)) => vec![Clean::new(&mask::cut(one, 300))],
            _ => list("aud"),
        },
        expires: time("exp"),
        issued: time("iat"),
        client: client.unwrap_or_default(),
        is_id_token: scopes.is_empty()
            && ["nonce", "at_hash", "idp", "amr"].iter().any(|n| claims.contains_key(*n)),
        scopes,
        claims: claims.iter().take(60).map(|(name, value)| claim(name, value)).collect(),
        hop,
    }
}

fn claim(name: &str, value: &Value) -> Parameter {
    let raw = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let personal = PERSONAL.contains(&name) || raw.contains('@') && name != "iss" && name != "aud";
    let raw = if personal { format!("«personal, {} characters»", raw.chars().count()) } else { raw };
    Parameter {
        place: Place::JwtClaims,
        name: Clean::new(&mask::cut(name, 80)),
        value: mask::value(name, &raw),
    }
}
