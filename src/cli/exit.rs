//! Exit codes: one table for all commands, shown by `oktui --help`.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It worked.
    Ok,
    /// It ran, and found something wrong: a test failed, a plan cannot be made.
    FoundWrong,
    /// The command line, a file or the environment is not usable as given.
    Usage,
    /// The org cannot be reached.
    CannotReach,
    /// The org refused: token wrong, or a right missing.
    NotAllowed,
    /// Some changes were made, others not.
    PartlyDone,
    /// It ran, and what was asked cannot be told from here.
    CannotTell,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::FoundWrong => 1,
            Self::Usage => 2,
            Self::CannotReach => 3,
            Self::NotAllowed => 4,
            Self::PartlyDone => 5,
            Self::CannotTell => 6,
        }
    }
}

/// The table, as the help shows it.
pub const TABLE: &str = "Exit codes:
  0    it worked
  1    it ran and found something wrong
  2    the command line, a file or the environment is not usable as given
  3    the org cannot be reached
  4    the org refused: the token is wrong, or a right is missing
  5    partly done: some changes were made, others not
  6    it ran, and what was asked cannot be told from here
  101  oktui crashed
  129, 130, 143  ended by a hang-up, Ctrl-C, or a request to end";
