//! Checks of a sign-out that the client begins (OpenID Connect RP-Initiated Logout 1.0).

use super::Judged;
use crate::flow::trace::{Verdict, lift};

/// An address that no client has registered: `.invalid` belongs to nobody (RFC 2606 §2).
pub const ELSEWHERE: &str = "https://not-registered.invalid/oktui";

const SOURCE: &str = "RP-Initiated Logout §3";

/// Where a sign-out ended that named a registered URI: there, byte for byte, with the `state` that was sent.
pub fn returned(location: Option<&str>, registered: &str, state: &str) -> Vec<Judged> {
    let there = location.is_some_and(|location| leads_to(location, registered));
    let uri = Judged::of(
        "post_logout_redirect_uri",
        there,
        (
            "The person is sent to the app's sign-out URI.",
            "The person is not sent to the app's sign-out URI.",
        ),
        SOURCE,
    )
    .values(registered, location.unwrap_or("no redirect"));
    if !there {
        let sentence = "There is no answer at the sign-out URI to look at.";
        return vec![uri, Judged::new("state", Verdict::NotRun, sentence, SOURCE)];
    }
    let came = lift::pairs(location.unwrap_or_default());
    let came = came.iter().find(|(name, _)| name == "state").map(|(_, value)| value.as_str());
    let right = "It came back as it was sent.";
    let wrong = "It did not come back as it was sent: the gateway cannot tell whose sign-out this is.";
    vec![uri, Judged::of("state", came == Some(state), (right, wrong), SOURCE)]
}

/// A sign-out that named an address which is not registered: no server may send people there.
pub fn refused(location: Option<&str>) -> Judged {
    let there = location.is_some_and(|location| leads_to(location, ELSEWHERE));
    let wrong = "The server sends people wherever a link says: it is an open redirector.";
    Judged::of(
        "unregistered sign-out URI",
        !there,
        ("The server does not send people to an address that is not registered.", wrong),
        "RP-Initiated Logout §2, §6",
    )
    .values("no redirect there", location.unwrap_or("no redirect"))
}

/// Whether an address is `uri`, with parameters at most.
fn leads_to(location: &str, uri: &str) -> bool {
    location.strip_prefix(uri).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str = "https://g.example/bye";

    fn verdicts(location: Option<&str>) -> Vec<Verdict> {
        returned(location, URI, "s1").into_iter().map(|check| check.verdict).collect()
    }

    #[test]
    fn a_sign_out_ends_at_its_uri_with_its_state() {
        use Verdict::{Fail, NotRun, Pass};
        assert_eq!(verdicts(Some("https://g.example/bye?state=s1")), [Pass, Pass]);
        assert_eq!(verdicts(Some("https://g.example/bye?state=s2")), [Pass, Fail]);
        assert_eq!(verdicts(Some("https://g.example/bye")), [Pass, Fail]);
        assert_eq!(verdicts(Some("https://g.example/byebye?state=s1")), [Fail, NotRun]);
        assert_eq!(verdicts(Some("https://acme.okta.com/login")), [Fail, NotRun]);
        assert_eq!(verdicts(None), [Fail, NotRun]);
    }

    #[test]
    fn a_server_that_sends_people_anywhere_is_told() {
        assert_eq!(refused(None).verdict, Verdict::Pass);
        assert_eq!(refused(Some("https://acme.okta.com/error")).verdict, Verdict::Pass);
        assert_eq!(refused(Some("https://not-registered.invalid/oktui?state=x")).verdict, Verdict::Fail);
    }
}
