//! The programs that cargo builds.

use std::path::PathBuf;

use crate::workspace::{NAME, Profile, Workspace};

/// The paths of the programs.
pub(crate) struct Built {
    pub(crate) server: PathBuf,
    /// The emulator, which is built for tests only.
    pub(crate) emulator: PathBuf,
}

impl Built {
    /// Returns the paths of the programs of a profile.
    pub(crate) fn at(workspace: &Workspace, profile: Profile) -> Self {
        Self {
            server: workspace.binary(profile, NAME),
            emulator: workspace.binary(profile, "whatsapp-emulator"),
        }
    }
}
