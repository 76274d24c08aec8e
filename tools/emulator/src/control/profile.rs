//! Profiles: picture, text under the name, business, and who may see them.

use super::{Control, ControlError};
use crate::notify;
use crate::presence;
use crate::profile_picture;
use crate::world::business::Business;
use crate::world::privacy::{Audience, Part};

/// Changes of who may see parts of a profile; the others stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewPrivacy {
    pub picture: Option<Audience>,
    pub about: Option<Audience>,
    /// The time at which the account was last online.
    pub last: Option<Audience>,
    /// That it is online now.
    pub online: Option<Audience>,
}

impl Control {
    /// Sets the picture of a phone's user, or removes it. Returns the id of the new one.
    pub async fn set_picture(
        &self,
        number: &str,
        picture: Option<Vec<u8>>,
    ) -> Result<Option<String>, ControlError> {
        let account = self.phone(number)?;
        Ok(profile_picture::set(&self.world, &account, picture).await)
    }

    /// Sets the text under the name.
    pub async fn set_about(&self, number: &str, text: &str) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        notify::set_about(&self.world, &account, text).await;
        Ok(())
    }

    /// Changes who may see parts of the profile.
    pub async fn set_privacy(&self, number: &str, new: NewPrivacy) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let parts = [
            (Part::Picture, new.picture),
            (Part::About, new.about),
            (Part::LastSeen, new.last),
            (Part::Online, new.online),
        ];
        for (part, audience) in parts {
            if let Some(audience) = audience {
                account.directory().profile.privacy.set_audience(part, audience);
            }
        }
        // Those who watch the account may see more of it now, or less.
        presence::announce(&self.world, &account);
        self.world.changed();
        Ok(())
    }

    /// Makes the account a business, or changes its profile.
    pub async fn set_business(&self, number: &str, business: Business) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        let certificate = match &business.verified_name {
            Some(name) => Some(account.phone.lock().await.name_certificate(name)?),
            None => None,
        };
        {
            let mut directory = account.directory();
            directory.profile.business = Some(business);
            directory.profile.certificate = certificate;
        }
        self.world.changed();
        Ok(())
    }
}
