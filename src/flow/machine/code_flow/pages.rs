//! Signing in through plain web pages: the first form with a password field is filled and sent, as a browser without scripts would.
//!
//! Every redirect and page is a hop. The password goes once, and only to the host that the authorization endpoint is on. Nothing is
//! sent to the redirect URI.

use super::{CodeFlow, Stage};
use crate::flow::checks::Judged;
use crate::flow::machine::forms::{self, Filled, Form};
use crate::flow::machine::request::Outgoing;
use crate::flow::machine::{Action, Judgement, Reply, lines};
use crate::flow::trace::{Step, Verdict, page};
use url::{Host, Url};

/// Redirects and pages on the way; browsers give up at 20 as well.
const MOST_PAGES: u32 = 20;

impl CodeFlow {
    pub(super) fn sign_in_by_form(&mut self) -> Vec<Action> {
        let url = self.authorize_url(&[]);
        self.page(Step::Authorize, "GET /authorize", Outgoing::browse(url))
    }

    fn page(&mut self, step: Step, title: &str, request: Outgoing) -> Vec<Action> {
        self.pages += 1;
        let url = request.url.clone();
        self.send(Stage::Page { url, title: title.to_owned() }, step, title, request)
    }

    /// An answer on the way from `/authorize` to the redirect URI.
    pub(super) fn paged(&mut self, url: &str, title: &str, reply: &Reply) -> Vec<Action> {
        self.measure(reply);
        if let Some(location) = reply.location() {
            return self.redirected(url, title, location, reply.status);
        }
        let text = String::from_utf8_lossy(&reply.body);
        if !page::is_html(reply.media_type(), &text) {
            return self.not_redirected(reply);
        }
        let read = forms::read(&text);
        let all = &read.forms;
        let base = read.base.as_deref().and_then(|base| joined(url, base)).unwrap_or_else(|| url.to_owned());
        let shown = page::title_of(&text).unwrap_or_default();
        let good = reply.status < 400;
        let for_login = all.iter().find(|form| form.signs_in());
        let for_login = for_login.or_else(|| all.iter().find(|form| form.asks_login_only()));
        let chosen = for_login.filter(|_| self.password.is_some());
        // Some servers answer 401 with the form; what else is on an error page leads nowhere.
        let chosen = chosen.or_else(|| all.iter().find(|form| form.asks_nothing() && form.post && good));
        match (chosen, &read.refresh) {
            (Some(form), _) => self.submit(&base, form, &shown),
            (None, Some(target)) if good => self.redirected(&base, title, target, reply.status),
            (None, _) if !good && !all.iter().any(Form::asks_password) => self.not_redirected(reply),
            (None, _) => self.no_form(all, &shown),
        }
    }

    fn redirected(&mut self, url: &str, title: &str, location: &str, status: u16) -> Vec<Action> {
        let target = joined(url, location);
        if location.starts_with(&self.spec.redirect_uri) {
            self.session = true;
            return self.called_back(title, location, Some(status));
        }
        let Some(target) = target else {
            return self.lost(
                &format!("{title} → {location}"),
                &["The redirect leads to something that is no address."],
            );
        };
        if self.pages >= MOST_PAGES {
            let sentence = format!("{MOST_PAGES} redirects and pages, and no end: a loop.");
            let check = Judged::new("redirects", Verdict::Fail, sentence, "RFC 9110 §15.4");
            let judgement = Judgement { checks: vec![check], ..Judgement::fail(Vec::new()) };
            let mut actions = vec![Action::Judge(judgement)];
            actions.extend(self.abandon(Step::Token));
            return actions;
        }
        let mut actions =
            vec![Action::Judge(Judgement::pass(Vec::new(), &["The way leads on, as Location says."]))];
        actions.extend(self.page(Step::SignIn, "GET sign-in", Outgoing::browse(target)));
        actions
    }

    fn submit(&mut self, url: &str, form: &Form, shown: &str) -> Vec<Action> {
        let Some(target) = form.target(url) else {
            return self.lost("page", &["The form on the page leads to something that is no address."]);
        };
        if target.starts_with(&self.spec.redirect_uri) {
            // response_mode=form_post: the page would send the answer by itself.
            let filled = Filled { login: "", password: None };
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(form.pairs(&filled))
                .finish();
            self.session = true;
            let location = format!("{}?{query}", self.spec.redirect_uri);
            return self.called_back("page that posts the answer", &location, Some(200));
        }
        let home = self.metadata.authorization.clone();
        if form.asks_password() && !(same_host(&target, &home) && same_host(url, &home)) {
            let why = "The form with the password leads to another host than the authorization endpoint: the password is not sent there. Sign in with a browser instead.";
            return self.lost("sign-in form on another host", &[why]);
        }
        if self.pages >= MOST_PAGES {
            return self.lost("page", &["Twenty pages, and no end."]);
        }
        let login = self.spec.login.clone().unwrap_or_default();
        let password = if form.asks_password() { self.password.take() } else { None };
        let pairs = form.pairs(&Filled { login: &login, password: password.as_ref() });
        let what = match (password.is_some(), form.asks_login_only()) {
            (true, _) => "sign-in form",
            (false, true) => "form with the login",
            _ => "form of the page",
        };
        let request = if form.post {
            Outgoing::submit(&target, url, &pairs)
        } else {
            Outgoing::submit_get(&target, &pairs)
        };
        let why = format!("The page \"{shown}\" has a form; it is filled and sent.");
        let mut actions = vec![Action::Judge(Judgement::pass(Vec::new(), &[&why]))];
        let title = format!("{} {what}", request.method);
        actions.extend(self.page(Step::SignIn, &title, request));
        actions
    }

    /// A page that cannot be gone on from.
    fn no_form(&mut self, all: &[Form], shown: &str) -> Vec<Action> {
        let page = format!("The page \"{shown}\" is where this way ends.");
        let why = if self.password.is_none() && all.iter().any(Form::asks_password) {
            "The server shows a form with a password again: login or password were not accepted. It was sent once."
        } else if all.is_empty() {
            "It has no form that can be sent without a script. Sign in with a browser instead."
        } else {
            "Its form asks for something that cannot be filled in here. Sign in with a browser instead."
        };
        self.lost("sign-in page", &[why, &page])
    }

    fn lost(&mut self, title: &str, why: &[&str]) -> Vec<Action> {
        let mut actions = vec![Action::Judge(Judgement::fail(lines(why)).titled(title))];
        actions.extend(self.abandon(Step::Token));
        actions
    }
}

fn joined(base: &str, reference: &str) -> Option<String> {
    Url::parse(base).ok()?.join(reference).ok().map(String::from)
}

/// Whether two addresses are on one host; all names of this machine are one.
fn same_host(one: &str, other: &str) -> bool {
    let parse = |raw: &str| Url::parse(raw).ok();
    let (Some(one), Some(other)) = (parse(one), parse(other)) else { return false };
    let here = |url: &Url| match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    one.scheme() == other.scheme() && (one.host() == other.host() || (here(&one) && here(&other)))
}
