//! What a refusal looks like that a rule explains.

use super::leg_of;
use crate::diagnose::address::Endpoint;
use crate::diagnose::evidence::Hop;
use crate::flow::explain::Refusal;
use crate::flow::trace::Leg;

/// A refusal, by its code and by words of its description in lower case. Empty words fit any.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    pub(super) at: &'static [Endpoint],
    pub(super) code: &'static str,
    pub(super) says: &'static str,
    pub(super) whose: Whose,
    /// An answer without its request is not enough: the same code means something else at another endpoint.
    pub(super) strict: bool,
}

/// Whose refusal it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Anybody's: the words are Okta's own.
    Anybody,
    /// Not one that was seen on leg 1.
    Okta,
    /// One that was seen on leg 1: the gateway's own authorization server, or an MCP client's callback.
    Gateway,
}

/// Okta's refusal at one of these endpoints, or at one that is not known.
pub(super) const fn okta(at: &'static [Endpoint], code: &'static str, says: &'static str) -> Pattern {
    let whose = if says.is_empty() { Whose::Okta } else { Whose::Anybody };
    Pattern { at, code, says, whose, strict: false }
}

/// Okta's refusal, seen at one of these endpoints.
pub(super) const fn seen_at(at: &'static [Endpoint], code: &'static str) -> Pattern {
    Pattern { at, code, says: "", whose: Whose::Okta, strict: true }
}

/// A refusal of leg 1.
pub(super) const fn gateway(code: &'static str, says: &'static str) -> Pattern {
    Pattern { at: ANY, code, says, whose: Whose::Gateway, strict: false }
}

/// A refusal that says by itself whose it is.
pub(super) const fn anybody(code: &'static str, says: &'static str) -> Pattern {
    Pattern { at: ANY, code, says, whose: Whose::Anybody, strict: false }
}

/// Where authorization errors are seen.
pub(super) const AUTHORIZE: &[Endpoint] = &[Endpoint::Authorize, Endpoint::Callback];
/// Where token errors are seen.
pub(super) const TOKEN: &[Endpoint] = &[Endpoint::Token];
/// Anywhere.
pub(super) const ANY: &[Endpoint] = &[];

impl Pattern {
    pub(super) fn fits(&self, hop: &Hop, refusal: &Refusal) -> bool {
        // An answer without its request may come from any endpoint.
        let loose =
            !self.strict && matches!(hop.endpoint, Endpoint::Unsaid | Endpoint::Other | Endpoint::Gateway);
        let leg = leg_of(hop);
        let whose = match self.whose {
            Whose::Anybody => true,
            Whose::Okta => leg != Leg::ClientToGateway,
            Whose::Gateway => leg == Leg::ClientToGateway,
        };
        whose
            && (self.at.is_empty() || loose || self.at.contains(&hop.endpoint))
            && (self.code.is_empty() || self.code == refusal.code)
            && (self.says.is_empty() || refusal.words.to_lowercase().contains(self.says))
    }
}
