//! Signing in in a browser: the address to open is handed over, the address that the browser ends at is pasted back.

use super::{CodeFlow, Stage};
use crate::flow::Need;
use crate::flow::machine::callback;
use crate::flow::machine::request::Outgoing;
use crate::flow::machine::{Action, Judgement, LocalHop};
use crate::flow::trace::{Party, Step};
use crate::secret::Secret;

const TITLE: &str = "browser: GET /authorize";

impl CodeFlow {
    pub(super) fn sign_in_by_browser(&mut self) -> Vec<Action> {
        let url = self.authorize_url(&[]);
        self.browser_url = Some(Secret::new(url.as_str()));
        let browse =
            Action::Browse { step: Step::Authorize, title: TITLE.into(), request: Outgoing::browse(url) };
        let message = "Open this address in a browser and sign in. Then paste the address that the browser ends at: the one with code= or error= in it.";
        vec![browse, self.ask_for_paste(message)]
    }

    fn ask_for_paste(&mut self, message: &str) -> Action {
        self.stage = Stage::AskPaste;
        let url = self.browser_url.clone().unwrap_or_else(|| Secret::new(""));
        Action::Ask(Need::Browser { url, message: message.to_owned(), port: None })
    }

    pub(super) fn pasted(&mut self, text: &Secret) -> Vec<Action> {
        match callback::read(text.expose()) {
            Ok(location) => {
                let mut actions = vec![Action::Told(Secret::new(location.as_str()))];
                self.asked_for_session = false;
                actions.extend(self.called_back(TITLE, &location, None));
                actions
            }
            Err(why) => vec![self.ask_for_paste(why)],
        }
    }

    /// The browser's half of what is left behind.
    pub(super) fn browser_left(&self) -> Option<Action> {
        let opened = self.browser_url.is_some();
        let left = "the session in your browser: not closed from here; sign out there";
        opened.then(|| Action::Left(left.into()))
    }

    /// What a stopped run says of the hop that waited for the person.
    pub(super) fn never_pasted(&self) -> Action {
        let why = "No answer was pasted.";
        let judgement = Judgement::not_run(&[why]);
        Action::Here(LocalHop {
            to: Party::You,
            step: Step::Callback,
            title: "answer from the browser".into(),
            judgement,
        })
    }
}
