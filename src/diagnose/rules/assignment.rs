//! Who is assigned to the app.

use super::*;

pub(super) const RULES: &[Rule] = &[Rule {
    name: "assignment.none",
    headline: "This person is not assigned to the app.",
    cause: "They signed in; Okta gives nobody a code for an app that they are not assigned to. They were never assigned, lost the group through which they were, or the browser still had another person's Okta session.",
    fixes: &[
        Fix::plan(ChangeKind::Assign, "Okta: assign the person, or a group they are in, to the app."),
        Fix::by(
            Who::Person,
            "Sign out of Okta or use a private window, and sign in as the right person: a refused session lives on.",
        ),
    ],
    sources: &["support.okta.com: User is not assigned to the client application", "okta/okta-oidc-ios#339"],
    step: Some(Step::Authorize),
    refusals: &[
        okta(ANY, "access_denied", "not assigned"),
        okta(ANY, "", "user is not assigned to the client application"),
    ],
    reasons: &["user_not_assigned"],
    adds: Some(why),
    needs: &[Ask::AppUser, Ask::App],
    ..Rule::OKTA
}];

fn why(evidence: &Evidence, _: &Hop, sight: &mut Sight) {
    let facts = evidence.answers.iter().find_map(|(_, answer)| match answer {
        Answer::AppUser(facts) => Some(facts),
        _ => None,
    });
    if app(evidence).is_some_and(|app| app.federation_broker) {
        sight
            .more
            .push("The app is in Federation Broker Mode: its list of assignments says nothing then.".into());
    }
    let Some(facts) = facts else { return };
    let login = &facts.login;
    match facts.status.as_str() {
        "" => {
            sight.headline = Some(format!("Nobody in this org signs in as {login}."));
            sight.more.push("The session was another person's, or the org is another.".into());
            sight.confidence = Some(Confidence::Likely);
        }
        "ACTIVE" | "PASSWORD_EXPIRED" if facts.assigned => {
            sight.headline = Some(format!(
                "{login} is assigned now: the browser had another person's session, or the assignment is new."
            ));
            sight.confidence = Some(Confidence::Likely);
        }
        "ACTIVE" | "PASSWORD_EXPIRED" => {
            sight.headline = Some(match (&facts.lost, &facts.via) {
                (Some(lost), Some(via)) => format!("{login} lost the app {lost}, with the group {via}."),
                (Some(lost), None) => format!("{login} lost the app {lost}."),
                (None, _) => format!("{login} was never assigned to the app."),
            });
        }
        status => {
            sight.headline = Some(format!("{login} cannot sign in: the account is {status}."));
        }
    }
}
