//! The target of a fault.

/// The devices that a fault applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Everybody,
    Number(String),
    Device(String, u16),
}

impl Target {
    /// Parses `number`, `number:device` and either with `@server`.
    pub(crate) fn parse(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            return Some(Self::Everybody);
        };
        let user = text.split('@').next()?;
        match user.split_once(':') {
            None => Some(Self::Number(user.to_owned())),
            Some((number, device)) => Some(Self::Device(number.to_owned(), device.parse().ok()?)),
        }
    }

    pub(crate) fn matches(&self, number: &str, device: u16) -> bool {
        match self {
            Self::Everybody => true,
            Self::Number(wanted) => wanted == number,
            Self::Device(wanted, id) => wanted == number && *id == device,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_number_or_a_device() {
        let device = Target::Device("551".to_owned(), 3);
        assert_eq!(Target::parse(Some("551:3@s.whatsapp.net")), Some(device));
        assert_eq!(Target::parse(Some("551")), Some(Target::Number("551".to_owned())));
        assert_eq!(Target::parse(None), Some(Target::Everybody));
        assert_eq!(Target::parse(Some("551:x")), None);
    }
}
