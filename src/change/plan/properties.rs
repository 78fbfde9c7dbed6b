//! What holds for every draft: a plan carried out leaves nothing to do, and nothing goes that nobody asked for.

use super::super::sample;
use super::super::value::PolicyRef;
use super::*;
use crate::okta::model::{ClientAuthentication, RefreshRotation};
use crate::setup::{AccessMode, Ask, RedirectUri};
use proptest::prelude::*;
use serde_json::json;

fn make(draft: &Draft, live: &Live) -> Plan {
    plan(PlanId("p7".into()), draft, live).unwrap_or_else(|problems| panic!("{problems:?}"))
}

prop_compose! {
    fn any_draft()(
        existing in any::<bool>(), groups in 0usize..3, people in prop::sample::subsequence(vec!["ana", "ben", "cho", "dana"], 0..4),
        mode in prop::sample::select(vec![AccessMode::Controlled, AccessMode::Everyone, AccessMode::Later]),
        uris in prop::sample::subsequence(vec!["https://a.example/cb", "https://b.example/cb", "https://other.example/cb"], 1..3),
        refresh in any::<bool>(), rotate in any::<bool>(), leeway in 0u32..61, pkce in any::<bool>(), post in any::<bool>(),
        offline in any::<bool>(), org in any::<bool>(), remove in any::<bool>(), unassign in any::<bool>(), logo in any::<bool>(),
        name in "[ -~é田]{1,12}", inactive in any::<bool>(),
    ) -> (Draft, Live) {
        let (mut draft, mut live) = if existing { sample::existing() } else { (sample::draft(), sample::live()) };
        let setup = &mut draft.setup;
        setup.app.name = if name.trim().is_empty() { "A".into() } else { name };
        setup.app.logo = logo.then(|| "logo.png".into());
        setup.app.pkce_required = pkce;
        if post { setup.app.client_authentication = ClientAuthentication::ClientSecretPost; }
        setup.grants.refresh_token = refresh;
        if rotate { setup.grants.refresh_rotation = RefreshRotation::Rotate; }
        setup.grants.refresh_leeway_seconds = leeway;
        setup.redirect_uris = uris.iter().map(|u| RedirectUri { environment: "e".into(), uri: (*u).into() }).collect();
        setup.access.mode = mode;
        setup.access.groups = ["MCP-Users", "Contractors"][..groups].iter().map(|g| (*g).to_owned()).collect();
        setup.access.people = people.iter().map(|p| format!("{p}@acme.example")).collect();
        if offline { setup.authorization_server.scopes.push("offline_access".into()); }
        if org { setup.authorization_server.id = "org".into(); }
        if remove && !uris.contains(&"https://other.example/cb") {
            draft.asks.push(Ask::RemoveRedirectUri("https://other.example/cb".into()));
        }
        if unassign && groups == 0 {
            draft.asks.push(Ask::UnassignGroup { id: "00gMcp".parse().unwrap(), name: "MCP-Users".into() });
        }
        if inactive && let Some(app) = &mut live.app {
            app.0.insert("status".into(), json!("INACTIVE"));
        }
        (draft, live)
    }
}

proptest! {
    /// Applying twice changes nothing: the plan of the planned state is empty.
    #[test]
    fn the_plan_of_the_planned_state_is_empty((draft, live) in any_draft()) {
        let first = make(&draft, &live);
        let then = sample::after(&first, &live);
        let second = make(&draft, &then);
        prop_assert!(second.changes.is_empty(), "{:#?}", second.changes);
    }

    /// Additive: whatever a Setup says, URIs and assignments go only where an ask names them.
    #[test]
    fn nothing_goes_unasked((mut draft, live) in any_draft()) {
        draft.asks.clear();
        let plan = make(&draft, &live);
        for planned in &plan.changes {
            let removes = matches!(planned.change, Change::UnassignGroup { .. } | Change::UnassignPerson { .. });
            prop_assert!(!removes);
            if let Change::EditApp { before, after, .. } = &planned.change {
                prop_assert!(before.redirect_uris().iter().all(|u| after.redirect_uris().contains(u)));
                prop_assert_eq!(before.at("/settings/implicitAssignment"), after.at("/settings/implicitAssignment"));
                prop_assert_eq!(before.at("/invented"), after.at("/invented"));
                prop_assert!(after.grant_types().contains(&"authorization_code".to_owned()));
            }
        }
    }

    /// A change depends only on earlier ones.
    #[test]
    fn references_point_back((draft, live) in any_draft()) {
        for planned in &make(&draft, &live).changes {
            if let Some(AppRef::MadeBy(n)) = super::super::describe::app_of(&planned.change) {
                prop_assert!(n < planned.number);
            }
            if let Change::CreateRule { policy: PolicyRef::MadeBy(n), .. } = &planned.change {
                prop_assert!(*n < planned.number);
            }
        }
    }
}
