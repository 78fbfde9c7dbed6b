//! The forms of a web page, as a browser without scripts would send them (HTML, "form submission").
//!
//! Only what sign-in and consent pages use: text fields, hidden fields, boxes, chosen options, one button.

use crate::secret::Secret;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use url::Url;

/// Forms of one page beyond these are not looked at, nor fields of one form.
const FORMS: usize = 20;
const FIELDS: usize = 200;

/// Names by which a field for the login is known, in lower case, without `-` and `_`.
const LOGIN_NAMES: [&str; 10] = [
    "username",
    "login",
    "email",
    "user",
    "identifier",
    "userid",
    "loginid",
    "loginname",
    "loginfmt",
    "account",
];

/// Words of a button that goes back instead of on.
const REFUSES: [&str; 11] = [
    "cancel", "deny", "reject", "decline", "refuse", "disallow", "back", "no", "abort", "forgot", "register",
];

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
    /// A box that is not ticked: ticked when the form asks for a consent, as some list scopes that way.
    Box,
}

#[derive(Clone)]
struct Field {
    name: String,
    value: String,
    purpose: Purpose,
    /// By name, type or `autocomplete` it asks who somebody is.
    login: bool,
    /// What a button says.
    says: String,
}

/// A form. It has no `Debug`: its hidden fields carry tokens.
#[derive(Clone)]
pub(super) struct Form {
    /// `POST`, else `GET`.
    pub post: bool,
    /// Where it goes, as it is written there; empty: to the page's own address.
    action: String,
    /// By which fields outside of it belong to it.
    id: String,
    fields: Vec<Field>,
}

/// What a page holds besides text.
#[derive(Default)]
pub(super) struct Page {
    /// Its forms in order.
    pub forms: Vec<Form>,
    /// Where it leads by itself (`<meta http-equiv=refresh>`).
    pub refresh: Option<String>,
    /// What its addresses are relative to (`<base href>`), where that is not its own.
    pub base: Option<String>,
}

/// Reads a page.
pub(super) fn read(page: &str) -> Page {
    let mut emitter = DefaultEmitter::<()>::default();
    // So that a script is not taken for markup.
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(page, emitter) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match token {
            Ok(Token::StartTag(tag)) => {
                let attributes =
                    tag.attributes.iter().map(|(name, value)| (text(name), text(&value.value))).collect();
                reader.start(&text(&tag.name), &Attributes(attributes));
            }
            Ok(Token::EndTag(tag)) => reader.end(&text(&tag.name)),
            Ok(Token::String(words)) => reader.text(&text(&words.value)),
            Ok(_) => {}
            Err(never) => match never {},
        }
    }
    reader.close();
    reader.page
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
    page: Page,
    open: Option<Form>,
    /// Whether the text that comes is that of the last button.
    button: bool,
    /// The `select` that is open, and the option of it that is chosen.
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
                    id: attributes.get("id").unwrap_or_default().to_owned(),
                    fields: Vec::new(),
                });
            }
            "input" | "button" => self.input(name, attributes),
            "base" if self.page.base.is_none() => {
                self.page.base = attributes.get("href").map(str::to_owned);
            }
            "meta" if attributes.lower("http-equiv") == "refresh" => {
                // "0; url=/on", the address perhaps in quotation marks.
                let content = attributes.get("content").unwrap_or_default();
                let at = content.to_ascii_lowercase().find("url=");
                let target = at.and_then(|at| content.get(at + 4..));
                let target = target.map(|url| url.trim().trim_matches(['\'', '"']));
                self.page.refresh = target.filter(|url| !url.is_empty()).map(str::to_owned);
            }
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
            "button" => self.button = false,
            "select" => {
                if let Some((name, Some(value))) = self.select.take() {
                    let says = String::new();
                    self.push(Field { name, value, purpose: Purpose::Fixed, login: false, says }, None);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let last = self.open.as_mut().and_then(|form| form.fields.last_mut());
        if let Some(button) = last.filter(|_| self.button) {
            button.says.push_str(text);
        }
    }

    fn close(&mut self) {
        self.button = false;
        if let Some(form) = self.open.take().filter(|_| self.page.forms.len() < FORMS) {
            self.page.forms.push(form);
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
            (_, "radio") if attributes.get("checked").is_none() => return,
            (_, "checkbox" | "radio") => {
                if attributes.get("value").is_none() {
                    value = "on".to_owned();
                }
                if attributes.get("checked").is_none() { Purpose::Box } else { Purpose::Fixed }
            }
            _ => Purpose::Text,
        };
        let known = LOGIN_NAMES.contains(&name.to_ascii_lowercase().replace(['-', '_'], "").as_str());
        let login = known || kind == "email" || attributes.lower("autocomplete").contains("username");
        self.button = tag == "button";
        self.push(Field { name, value, purpose, login, says: String::new() }, attributes.get("form"));
    }

    /// `owner` is the id of the form that a field names as its own, wherever it stands.
    fn push(&mut self, field: Field, owner: Option<&str>) {
        let open = self.open.as_mut().filter(|form| owner.is_none_or(|id| form.id == id));
        let closed = &mut self.page.forms;
        let owned = owner.and_then(|id| closed.iter_mut().find(|form| form.id == id));
        if let Some(form) = open.or(owned).filter(|form| form.fields.len() < FIELDS) {
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

    /// Whether it is for somebody who is known already: it asks for one password. One that makes an account asks for it twice.
    pub fn signs_in(&self) -> bool {
        self.fields.iter().filter(|field| field.purpose == Purpose::Password).count() == 1
    }

    /// Whether it asks who somebody is, and for nothing else: the password comes on the next page.
    pub fn asks_login_only(&self) -> bool {
        let asked: Vec<&Field> = self.fields.iter().filter(|f| f.purpose == Purpose::Text).collect();
        !self.asks_password() && self.post && asked.len() == 1 && asked.iter().all(|field| field.login)
    }

    /// Whether it asks the person for nothing that must be typed: a consent, or a form that a script would send.
    pub fn asks_nothing(&self) -> bool {
        !self.asks_password() && !self.fields.iter().any(|f| f.purpose == Purpose::Text && f.value.is_empty())
    }

    /// Where it goes from the page at `base`; `None` when that is no address.
    pub fn target(&self, base: &str) -> Option<String> {
        Url::parse(base).ok()?.join(&self.action).ok().map(String::from)
    }

    /// The button that goes on: the first that does not say no.
    fn button(&self) -> Option<usize> {
        let refuses = |field: &Field| {
            let said = format!("{} {} {}", field.name, field.value, field.says).to_ascii_lowercase();
            said.split(|c: char| !c.is_ascii_alphabetic()).any(|word| REFUSES.contains(&word))
        };
        let mut buttons = self.fields.iter().enumerate().filter(|(_, f)| f.purpose == Purpose::Button);
        let goes_on = buttons.clone().find(|(_, field)| !refuses(field));
        goes_on.or_else(|| buttons.next()).map(|(at, _)| at)
    }

    /// The pairs that are sent, `filled` in: the login into the last text field before the password, and one button pressed.
    pub fn pairs(&self, filled: &Filled<'_>) -> Vec<(String, String)> {
        let password = self.fields.iter().position(|f| f.purpose == Purpose::Password);
        let before = self.fields.get(..password.unwrap_or(self.fields.len())).unwrap_or_default();
        let named = before.iter().rposition(|field| field.purpose == Purpose::Text && field.login);
        let login = named.or_else(|| before.iter().rposition(|field| field.purpose == Purpose::Text));
        let (button, consents) = (self.button(), self.asks_nothing());
        let mut pairs = Vec::new();
        for (at, field) in self.fields.iter().enumerate().filter(|(_, field)| !field.name.is_empty()) {
            let value = match field.purpose {
                _ if Some(at) == login && !consents => filled.login.to_owned(),
                Purpose::Password if Some(at) == password => {
                    filled.password.map_or_else(String::new, |secret| secret.expose().to_owned())
                }
                Purpose::Button if Some(at) != button => continue,
                // Scopes are ticked one by one; to be remembered is nobody's wish here.
                Purpose::Box if !consents || field.name.to_ascii_lowercase().contains("remember") => continue,
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
        let all = read(page).forms;
        let form = all.iter().find(|form| form.signs_in()).unwrap();
        form.pairs(&Filled { login: "ana", password: Some(&Secret::new("pw")) })
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn only(page: &str) -> Form {
        read(page).forms.remove(0)
    }

    const NOBODY: Filled<'static> = Filled { login: "ana", password: None };

    #[test]
    fn a_sign_in_form_is_filled_as_a_browser_would() {
        let page = r#"<script>document.write('<form><input type="password" name="evil">')</script>
            <form action="/search"><input name="q"></form>
            <FORM METHOD=post ACTION="/login?a=1&amp;b=2">
              <input type=hidden name=csrf value="x&quot;y"><input name=prompt value=login type=hidden>
              <label>Who<input name=Username></label><input type="Password" name=pass>
              <input type=checkbox name=remember><input type=checkbox name=terms checked>
              <select name=realm><option value=a>A<option value=b selected>B</select>
              <button name=action value=cancel>Cancel</button><button name=action value=go>Sign in</button>
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
        let all = read(page).forms;
        assert_eq!(all.len(), 2, "what a script writes is not markup");
        assert!(all[1].post && !all[0].post);
        assert_eq!(all[1].target("https://p/auth/x").as_deref(), Some("https://p/login?a=1&b=2"));
        assert_eq!(all[0].target("https://p/auth/x").as_deref(), Some("https://p/search"));
    }

    #[test]
    fn a_form_that_asks_for_the_login_alone_and_one_that_asks_for_nothing() {
        let first = only("<form method=post><input name=email type=email><button>Next</button></form>");
        assert!(first.asks_login_only() && !first.asks_nothing());
        assert_eq!(first.pairs(&NOBODY), [pair("email", "ana")]);
        assert_eq!(first.target("https://p/a?b=1").as_deref(), Some("https://p/a?b=1"));
        let consent =
            only("<form method=post><input type=hidden name=ok value=1><input name=n value=x></form>");
        assert!(consent.asks_nothing() && !consent.asks_login_only());
        assert_eq!(consent.pairs(&NOBODY), [pair("ok", "1"), pair("n", "x")]);
        let code = only("<form><input name=otp></form>");
        assert!(!code.asks_login_only() && !code.asks_nothing());
    }

    #[test]
    fn the_button_that_goes_on_is_pressed_and_scopes_are_ticked() {
        let form = only(
            "<form method=post><input type=submit value=Cancel><input type=checkbox name=scope value=openid>\
             <input type=checkbox name=scope value=email><input type=checkbox name=remember_me value=1>\
             <input type=submit name=allow value=Authorize></form>",
        );
        assert!(form.asks_nothing());
        let sent = [pair("scope", "openid"), pair("scope", "email"), pair("allow", "Authorize")];
        assert_eq!(form.pairs(&NOBODY), sent);
        let form = only(
            "<form><button name=a value=0>No, thanks</button><button name=a value=1>Allow <b>it</b></button>",
        );
        assert_eq!(form.pairs(&NOBODY), [pair("a", "1")]);
    }

    #[test]
    fn a_form_for_a_new_account_is_passed_over() {
        let page =
            "<form id=new><input name=n><input name=p1 type=password><input name=p2 type=password></form>
            <form id=in method=post><input name=user></form><input name=pw type=password form=in>";
        assert_eq!(read(page).forms.iter().position(Form::signs_in), Some(1));
        let sent_of = "a field outside belongs to the form that it names";
        assert_eq!(sent(page), [pair("user", "ana"), pair("pw", "pw")], "{sent_of}");
    }

    #[test]
    fn where_a_page_leads_by_itself_is_read() {
        let page = read(
            "<base href=https://p/x/><META HTTP-EQUIV=Refresh CONTENT=\"0; URL='/on?a=1'\"><base href=/y>",
        );
        assert_eq!((page.refresh.as_deref(), page.base.as_deref()), (Some("/on?a=1"), Some("https://p/x/")));
        assert_eq!(read("<meta http-equiv=refresh content=30>").refresh, None);
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
        fn no_page_makes_it_panic(
            page in "(<form|<input|<button|<meta content=url=|<select|<option|</form>|type=password|form=|name=a|value=\"|'|>|<|\\PC){0,40}"
        ) {
            for form in read(&page).forms {
                form.pairs(&NOBODY);
                let _ = form.target("https://p/");
            }
        }
    }
}
