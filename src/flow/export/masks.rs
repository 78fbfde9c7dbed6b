//! The tags that stand for what is not in a file.

use super::{MASKED, UNMASKED};
use crate::flow::trace::{Exchange, Hole, Piece, Safe, SecretKind, Text, Trace};
use crate::secret::Secret;

/// Fields that name the person: of userinfo and the ID token (OIDC Core §5.1), and of Okta's user profile.
const PERSONAL: [&str; 20] = [
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
    "username",
    "login",
    "login_hint",
    "firstname",
    "lastname",
    "displayname",
    "secondemail",
    "mobilephone",
    "primaryphone",
    "phonenumber",
];

/// A shorter value is replaced only where it stands alone or in quotation marks: it would tear other words apart.
const SHORTEST_IN_TEXT: usize = 4;

/// What is replaced besides the holes.
pub(super) struct Masks<'a> {
    /// Values that name the person, longest first, each with its tag.
    persons: Vec<(String, String)>,
    /// Where the values of holes are taken from, for a file that is not masked.
    open: Option<&'a Safe>,
}

impl<'a> Masks<'a> {
    /// No tags but for the person's password and one-time codes.
    pub fn none(safe: &'a Safe) -> Self {
        Self { persons: Vec::new(), open: Some(safe) }
    }

    /// What the file says of itself.
    pub fn note(&self) -> &'static str {
        if self.open.is_some() { UNMASKED } else { MASKED }
    }

    /// Finds what names the person in a run.
    pub fn of(trace: &Trace) -> Self {
        let mut found: Vec<(String, &'static str)> = Vec::new();
        let mut note = |value: &str, what: &'static str| {
            if value.chars().count() > 1 && !found.iter().any(|(known, _)| known == value) {
                found.push((value.to_owned(), what));
            }
        };
        if let Some(login) = &trace.login {
            note(login.as_str(), "login");
        }
        for exchange in trace.hops.iter().filter_map(|hop| hop.exchange.as_ref()) {
            personal(exchange, &mut note);
        }
        let mut persons: Vec<(String, String)> = found
            .into_iter()
            .enumerate()
            .map(|(at, (value, what))| (value, format!("masked-{what}-{}", at + 1)))
            .collect();
        persons.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self { persons, open: None }
    }

    /// A text with its holes as tags.
    pub fn text(&self, text: &Text) -> String {
        let mut out = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Plain(plain) => out.push_str(&self.persons(plain)),
                Piece::Hole(hole) => match self.value(hole) {
                    Some(value) => out.push_str(value.expose()),
                    None => out.push_str(&tag(hole)),
                },
            }
        }
        out
    }

    fn value(&self, hole: &Hole) -> Option<&'a Secret> {
        let own = !matches!(hole.kind, SecretKind::Password | SecretKind::Passcode);
        self.open.filter(|_| own)?.value(hole.id)
    }

    /// A sentence, in which secrets stand in angle quotes with a fingerprint: that goes, since it is made with this
    /// installation's key.
    pub fn line(&self, line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('«') {
            let (quoted, more) = after.split_once('»').unwrap_or((after, ""));
            let kept: Vec<&str> = quoted.split(", ").take(2).collect();
            out.push_str(before);
            out.push_str(&format!("«{}»", kept.join(", ")));
            rest = more;
        }
        out.push_str(rest);
        self.persons(&out)
    }

    fn persons(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (value, tag) in &self.persons {
            if out == *value {
                return tag.clone();
            }
            let quoted = serde_json::to_string(value).unwrap_or_default();
            out =
                out.replace(&quoted, &format!("\"{tag}\"")).replace(&escaped(&quoted), &format!("\"{tag}\""));
            if value.chars().count() >= SHORTEST_IN_TEXT {
                let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                for spelling in [value.as_str(), &form, &form.replace('+', "%20")] {
                    out = out.replace(spelling, tag);
                }
            }
        }
        out
    }
}

/// The tag of a hole. It has no character that an address would have to encode.
fn tag(hole: &Hole) -> String {
    let kind = if hole.kind == SecretKind::Credential { "credential" } else { hole.kind.words() };
    let kind = kind.replace(' ', "-");
    format!("masked-{kind}-{}-of-{}-characters", hole.id.0.saturating_add(1), hole.chars)
}

/// JSON in ASCII only: some servers escape what is not.
fn escaped(json: &str) -> String {
    let mut out = String::new();
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

fn personal(exchange: &Exchange, note: &mut impl FnMut(&str, &'static str)) {
    for parameter in exchange.sent.iter().chain(&exchange.received) {
        let name = parameter.name.as_str().to_ascii_lowercase();
        let last = name.rsplit(['.', '/']).next().unwrap_or_default();
        let Some(what) = PERSONAL.iter().find(|known| **known == last) else { continue };
        if let [Piece::Plain(value)] = parameter.value.pieces() {
            note(value, what);
        }
    }
}
