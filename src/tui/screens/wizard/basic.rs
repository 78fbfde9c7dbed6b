//! Step 1, basic info: the org and the kind of app (fixed), the name, the logo.

use super::model::{Id, Model};
use crate::okta::model::App;
use crate::setup::{Field as About, Target};
use crate::tui::shared::{Remote, Shared, Work};
use crate::tui::widgets::form::{Part, Row, safe};

pub(super) fn rows(model: &Model, shared: &Shared, work: &Work) -> Vec<Row<Id>> {
    let setup = &work.draft.setup;
    let fixed =
        |label: &str, value: &str| Row::shown(Part::Fixed { label: label.into(), value: safe(value) });
    let logo = setup.app.logo.as_deref().unwrap_or_default();
    let mut rows = vec![
        Row::heading("The app integration"),
        Row::blank(),
        fixed("Org", work.draft.org_url.split("://").last().unwrap_or_default()),
        fixed("Sign-in method", "OIDC - OpenID Connect"),
        fixed("Application type", "Web Application"),
        Row::blank(),
        Row::new(Id::Name, Part::Field { label: "Name".into(), value: safe(&setup.app.name) })
            .state(model.word(&[About::Name])),
    ];
    if namesake(model, shared, work).is_some() {
        rows.push(Row::new(Id::EditThatApp, Part::Button("Edit the app that has this name".into())));
    }
    let said = if logo.is_empty() { "none, Okta shows its own".to_owned() } else { safe(logo) };
    rows.push(
        Row::new(Id::Logo, Part::Field { label: "Logo file".into(), value: said })
            .state(model.word(&[About::Logo])),
    );
    match &shared.apps {
        Remote::Failed(trouble, _) => {
            rows.push(Row::blank());
            rows.push(Row::text(format!(
                "Whether the name is taken is not known: {} {}",
                trouble.what, trouble.help
            )));
        }
        Remote::Loading => {
            rows.push(Row::blank());
            rows.push(Row::text("Looking at the names of the other apps."));
        }
        Remote::Idle | Remote::Ready(_) => {}
    }
    match &work.loaded {
        Remote::Loading => rows.push(Row::text("Reading the app from Okta.")),
        Remote::Failed(trouble, _) => rows.push(Row::text(format!(
            "The app could not be read: {} {} r reads it again.",
            trouble.what, trouble.help
        ))),
        Remote::Idle | Remote::Ready(_) => {}
    }
    rows
}

/// Another app with the same name, once the name's field is closed; only a new app's name leads to editing that one instead.
pub(super) fn namesake<'a>(model: &Model, shared: &'a Shared, work: &Work) -> Option<&'a App> {
    let typing = model.open.is_some() && model.focus == Some(Id::Name);
    if work.draft.target != Target::New || typing {
        return None;
    }
    let name = work.draft.setup.app.name.trim().to_lowercase();
    let same = |a: &&App| a.raw_label().trim().to_lowercase() == name && a.is_oidc_web() && a.id().is_some();
    shared.apps.value()?.iter().find(same)
}
