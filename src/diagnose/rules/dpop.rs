//! DPoP (RFC 9449): tokens bound to a key of the client.

use super::*;

pub(super) const RULES: &[Rule] = &[Rule {
    name: "dpop.required",
    headline: "The app demands DPoP, which the gateway is not known to send.",
    cause: "Require DPoP is on for this app: tokens would be bound to a key of the client, and each request would need a proof.",
    fixes: &[Fix::plan(
        ChangeKind::AppSetting,
        "Okta: switch off Require DPoP (Proof of Possession) for this app.",
    )],
    sources: &["RFC 9449 §5, §8"],
    step: Some(Step::Token),
    refusals: &[
        okta(ANY, "invalid_dpop_proof", ""),
        okta(ANY, "use_dpop_nonce", ""),
        okta(ANY, "", "dpop proof"),
    ],
    reasons: &["invalid_dpop_proof", "use_dpop_nonce"],
    adds: Some(sent),
    needs: &[Ask::App],
    ..Rule::OKTA
}];

fn sent(_: &Evidence, hop: &Hop, sight: &mut Sight) {
    if hop.refusal.as_ref().is_some_and(|r| r.code == "use_dpop_nonce") {
        sight.more.push(
            "A client that does send proofs takes the nonce from the header DPoP-Nonce and tries again."
                .into(),
        );
    }
}
