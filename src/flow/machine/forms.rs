//! The forms of a web page, as a browser without scripts would send them (HTML, "form submission").
//!
//! Only what sign-in pages use: text fields, hidden fields, ticked boxes, chosen options, one button.

use crate::secret::Secret;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use url::Url;

/// Forms of one page beyond these are not looked at, nor fields of one form.
const FORMS: usize = 20;
const FIELDS: usize = 200;

/// Names by which a field for the login is known, in lower case, where no password field stands after it.
const LOGIN_NAMES: [&str; 8] =
    ["username", "login", "email", "user", "identifier", "userid", "loginid", "account"];

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Sent as it stands on the page.
    Fixed,
    /// The person types in it.
    Text,
    /// The person's password.
    Password,
    /// A button: one of them is sent.
    Button,
}

#[derive(Clone)]
struct Field {
    name: String,
    value: String,
    purpose: Purpose,
    /// By name, type or `autocomplete` it asks who somebody is.
    login: bool,
}

/// A form. It has no `Debug`: its hidden fields carry tokens.
#[derive(Clone)]
pub(super) struct Form {
    /// `POST`, else `GET`.
    pub post: bool,
    /// Where it goes, as it is written there; empty: to the page's own address.
    action: String,
    fields: Vec<Field>,
}

/// The forms of a page in order.
pub(super) fn forms(page: &str) -> Vec<Form> {
    let mut emitter = DefaultEmitter::<()>::default();
    // So that a script is not taken for markup.
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Ok(Token::StartTag(tag)) => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let attributes =
                    tag.attributes.iter().map(|(name, value)| (text(name), text(&value.value))).collect();
                reader.start(&text(&tag.name), &Attributes(attributes));
            }
            Ok(Token::EndTag(tag)) => reader.end(&String::from_utf8_lossy(&tag.name)),
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    reader.close();
    reader.forms
}

struct Attributes(Vec<(String, String)>);

impl Attributes {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn lower(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_ascii_lowercase()
    }
}

#[derive(Default)]
struct Reader {
    forms: Vec<Form>,
    open: Option<Form>,
    /// The `select` that is open, and whether an option of it was chosen.
    select: Option<(String, Option<String>)>,
}

impl Reader {
    fn start(&mut self, name: &str, attributes: &Attributes) {
        match name {
            // A form inside a form is none.
            "form" if self.open.is_none() => {
                self.open = Some(Form {
                    post: attributes.lower("method") == "post",
                    action: attributes.get("action").unwrap_or_default().trim().to_owned(),
                    fields: Vec::new(),
                });
            }
            "input" | "button" => self.input(name, attributes),
            "select" => self.select = attributes.get("name").map(|name| (name.to_owned(), None)),
            "option" => {
                if let Some((_, chosen)) = &mut self.select
                    && (chosen.is_none() || attributes.get("selected").is_some())
                {
                    *chosen = Some(attributes.get("value").unwrap_or_default().to_owned());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "form" => self.close(),
            "select" => {
                if let Some((name, Some(value))) = self.select.take() {
                    self.push(Field { name, value, purpose: Purpose::Fixed, login: false });
                }
            }
            _ => {}
        }
    }

    fn close(&mut self) {
        if let Some(form) = self.open.take().filter(|_| self.forms.len() < FORMS) {
            self.forms.push(form);
        }
    }

    fn input(&mut self, tag: &str, attributes: &Attributes) {
        if attributes.get("disabled").is_some() {
            return;
        }
        let kind = attributes.lower("type");
        let name = attributes.get("name").unwrap_or_default().to_owned();
        let mut value = attributes.get("value").unwrap_or_default().to_owned();
        let purpose = match (tag, kind.as_str()) {
            ("button", "" | "submit") | ("input", "submit" | "image") => Purpose::Button,
            ("button", _) | (_, "button" | "reset" | "file") => return,
            (_, "password") => Purpose::Password,
            (_, "hidden") => Purpose::Fixed,
            (_, "checkbox" | "radio") if attributes.get("checked").is_none() => return,
            (_, "checkbox" | "radio") => {
                if attributes.get("value").is_none() {
                    value = "on".to_owned();
                }
                Purpose::Fixed
            }
            _ => Purpose::Text,
        };
        let known = LOGIN_NAMES.contains(&name.to_ascii_lowercase().replace(['-', '_'], "").as_str());
        let login = known || kind == "email" || attributes.lower("autocomplete").contains("username");
        self.push(Field { name, value, purpose, login });
    }

    fn push(&mut self, field: Field) {
        if let Some(form) = self.open.as_mut().filter(|form| form.fields.len() < FIELDS) {
            form.fields.push(field);
        }
    }
}

/// What is filled in.
pub(super) struct Filled<'a> {
    pub login: &'a str,
    /// Given only to a form that asks for it.
    pub password: Option<&'a Secret>,
}

impl Form {
    /// Whether it asks for a password.
    pub fn asks_password(&self) -> bool {
        self.fields.iter().any(|field| field.purpose == Purpose::Password)
    }

    /// Whether it asks who somebody is, and for nothing else: the password comes on the next page.
    pub fn asks_login_only(&self) -> bool {
        let asked: Vec<&Field> = self.fields.iter().filter(|f| f.purpose == Purpose::Text).collect();
        !self.asks_password() && asked.len() == 1 && asked.iter().all(|field| field.login)
    }

    /// Whether it asks the person for nothing that must be typed: a consent, or a form that a script would send.
    pub fn asks_nothing(&self) -> bool {
        !self.asks_password() && !self.fields.iter().any(|f| f.purpose == Purpose::Text && f.value.is_empty())
    }

    /// Where it goes from the page at `base`; `None` when that is no address.
    pub fn target(&self, base: &str) -> Option<String> {
        let base = Url::parse(base).ok()?;
        base.join(&self.action).ok().map(String::from)
    }

    /// The pairs that are sent, `filled` in: the login into the last text field before the password, and the first button pressed.
    pub fn pairs(&self, filled: &Filled<'_>) -> Vec<(String, String)> {
        let password = self.fields.iter().position(|f| f.purpose == Purpose::Password);
        let before = self.fields.get(..password.unwrap_or(self.fields.len())).unwrap_or_default();
        let text = |field: &&Field| field.purpose == Purpose::Text;
        let named = before.iter().rposition(|field| field.purpose == Purpose::Text && field.login);
        let login = named.or_else(|| before.iter().rposition(|field| text(&field)));
        let button = self.fields.iter().position(|f| f.purpose == Purpose::Button);
        let mut pairs = Vec::new();
        for (at, field) in self.fields.iter().enumerate().filter(|(_, field)| !field.name.is_empty()) {
            let value = match field.purpose {
                _ if Some(at) == login && !self.asks_nothing() => filled.login.to_owned(),
                Purpose::Password if Some(at) == password => {
                    filled.password.map_or_else(String::new, |secret| secret.expose().to_owned())
                }
                Purpose::Button if Some(at) != button => continue,
                _ => field.value.clone(),
            };
            pairs.push((field.name.clone(), value));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sent(page: &str) -> Vec<(String, String)> {
        let all = forms(page);
        let form = all.iter().find(|form| form.asks_password()).unwrap();
        form.pairs(&Filled { login: "ana", password: Some(&Secret::new("pw")) })
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_sign_in_form_is_filled_as_a_browser_would() {
        let page = r#"<script>document.write('<form><input type="password" name="evil">')</script>
            <form action="/search"><input name="q"></form>
            <FORM METHOD=post ACTION="/login?a=1&amp;b=2">
              <input type=hidden name=csrf value="x&quot;y"><input name=prompt value=login type=hidden>
              <label>Who<input name=Username></label><input type="Password" name=pass>
              <input type=checkbox name=remember><input type=checkbox name=terms checked>
              <select name=realm><option value=a>A<option value=b selected>B</select>
              <button name=action value=go>Sign in</button><button name=action value=cancel>Cancel</button>
              <button type=button name=show>Show</button><input type=file name=f><input name=off disabled value=1>
            </FORM>"#;
        assert_eq!(
            sent(page),
            [
                pair("csrf", "x\"y"),
                pair("prompt", "login"),
                pair("Username", "ana"),
                pair("pass", "pw"),
                pair("terms", "on"),
                pair("realm", "b"),
                pair("action", "go")
            ]
        );
        let all = forms(page);
        assert_eq!(all.len(), 2, "what a script writes is not markup");
        assert!(all[1].post && !all[0].post);
        assert_eq!(all[1].target("https://p/auth/x").as_deref(), Some("https://p/login?a=1&b=2"));
        assert_eq!(all[0].target("https://p/auth/x").as_deref(), Some("https://p/search"));
    }

    #[test]
    fn a_form_that_asks_for_the_login_alone_and_one_that_asks_for_nothing() {
        let first = forms("<form method=post><input name=email type=email><button>Next</button></form>");
        assert!(first[0].asks_login_only() && !first[0].asks_nothing());
        let filled = Filled { login: "ana", password: None };
        assert_eq!(first[0].pairs(&filled), [pair("email", "ana")]);
        assert_eq!(first[0].target("https://p/a?b=1").as_deref(), Some("https://p/a?b=1"));
        let consent =
            forms("<form method=post><input type=hidden name=ok value=1><input name=note value=x></form>");
        assert!(consent[0].asks_nothing() && !consent[0].asks_login_only());
        assert_eq!(consent[0].pairs(&filled), [pair("ok", "1"), pair("note", "x")]);
        let code = forms("<form><input name=otp></form>");
        assert!(!code[0].asks_login_only() && !code[0].asks_nothing());
    }

    #[test]
    fn a_form_that_is_never_closed_is_one() {
        assert_eq!(
            sent("<form><input name=u><input name=p type=password>"),
            [pair("u", "ana"), pair("p", "pw")]
        );
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(page in "(<form|<input|<select|<option|</form>|type=password|name=a|value=\"|'|>|<|\\PC){0,40}") {
            for form in forms(&page) {
                form.pairs(&Filled { login: "l", password: None });
                let _ = form.target("https://p/");
            }
        }
    }
}
