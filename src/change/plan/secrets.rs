//! What was asked of the client secrets, held against Okta's rules: two at most, the last active one stays, only inactive ones go.

use super::{PlanProblem, Planner};
use crate::change::value::{AppRef, Change, People};
use crate::okta::model::{AppId, SecretId};
use crate::setup::{Ask, SecretAsk};
use crate::text::Clean;

/// A secret as it will be when the plan has come so far; one that the plan makes has no id yet.
struct Slot {
    id: Option<SecretId>,
    active: bool,
}

impl Planner<'_> {
    pub(super) fn secrets(&mut self, app: &AppRef) {
        let asks: Vec<SecretAsk> = self.draft.asks.iter().filter_map(asked).cloned().collect();
        let AppRef::Known(id) = app else { return };
        if asks.is_empty() {
            return;
        }
        let Some(listed) = self.live.secrets.known() else {
            let why =
                self.live.secrets.error().map_or_else(|| "nobody asked".to_owned(), ToString::to_string);
            self.problems.push(PlanProblem::SecretsNotReadable(Clean::new(&why)));
            return;
        };
        let mut slots: Vec<Slot> =
            listed.iter().map(|s| Slot { id: Some(s.id.clone()), active: s.active }).collect();
        for ask in asks {
            self.secret(id.clone(), ask, &mut slots);
        }
    }

    fn secret(&mut self, app: AppId, ask: SecretAsk, slots: &mut Vec<Slot>) {
        let at = |id: &SecretId, slots: &[Slot]| slots.iter().position(|s| s.id.as_ref() == Some(id));
        let (change, details): (Change, &[&str]) = match ask {
            SecretAsk::Add => {
                if slots.len() >= 2 {
                    self.problems.push(PlanProblem::TwoSecrets);
                    return;
                }
                let known = slots.iter().filter_map(|s| s.id.clone()).collect();
                slots.push(Slot { id: None, active: true });
                (
                    Change::AddSecret { app: AppRef::Known(app), known },
                    &[
                        "Both work side by side until one is deactivated: nobody notices this.",
                        "Undo: deactivates and deletes the new one.",
                    ],
                )
            }
            SecretAsk::Activate(secret) => {
                let Some(slot) = at(&secret, slots).and_then(|n| slots.get_mut(n)) else {
                    return self.no_secret(&secret);
                };
                if std::mem::replace(&mut slot.active, true) {
                    return;
                }
                (
                    Change::ActivateSecret { app, secret },
                    &["Whoever still sends it gets tokens again.", "Undo: deactivates it again."],
                )
            }
            SecretAsk::Deactivate(secret) => {
                let Some(n) = at(&secret, slots) else { return self.no_secret(&secret) };
                let others = slots.iter().enumerate().any(|(m, s)| m != n && s.active);
                let Some(slot) = slots.get_mut(n) else { return };
                if !slot.active {
                    return;
                }
                if !others {
                    self.problems.push(PlanProblem::OnlyActiveSecret(Clean::new(secret.as_str())));
                    return;
                }
                slot.active = false;
                (
                    Change::DeactivateSecret { app, secret },
                    &[
                        "Whoever still sends it gets 401 invalid_client at the token endpoint from then on; people cannot sign in there.",
                        "Undo: activates it again, at once.",
                    ],
                )
            }
            SecretAsk::Delete(secret) => {
                let Some(n) = at(&secret, slots) else { return };
                if slots.get(n).is_some_and(|s| s.active) {
                    self.problems.push(PlanProblem::SecretActive(Clean::new(secret.as_str())));
                    return;
                }
                slots.remove(n);
                (Change::DeleteSecret { app, secret }, &["It does not come back."])
            }
        };
        self.push(change, People::None, details.iter().map(|d| (*d).to_owned()).collect());
    }

    fn no_secret(&mut self, secret: &SecretId) {
        self.notes.push(format!("The client secret {secret} is not there any more."));
    }
}

fn asked(ask: &Ask) -> Option<&SecretAsk> {
    match ask {
        Ask::Secret(asked) => Some(asked),
        _ => None,
    }
}
