/// A decoded [`CgroupPath`]: borrowed from the payload, which it must not outlive.
#[derive(::core::clone::Clone, ::core::marker::Copy)]
#[allow(dead_code)]
pub struct CgroupPathView<'a> {
    bytes: &'a [u8],
}
#[allow(dead_code)]
impl<'a> CgroupPathView<'a> {
    /// The path; never empty.
    #[must_use]
    #[inline]
    pub fn path(&self) -> &'a crate::__derive::BStr {
        crate::__derive::key_text(self.bytes)
    }
    /// `path` with its NUL, for C.
    #[must_use]
    pub fn path_c_str(&self) -> &'a ::core::ffi::CStr {
        crate::__derive::key_c_str(self.bytes)
    }
    /// Copies it out, into an owned [`CgroupPath`].
    #[must_use]
    pub fn to_owned(&self) -> CgroupPath {
        CgroupPath {
            path: ::core::convert::Into::into(self.path()),
        }
    }
}
#[automatically_derived]
impl ::core::fmt::Debug for CgroupPathView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("CgroupPathView").field("path", &self.path()).finish()
    }
}
#[automatically_derived]
impl ::core::fmt::Display for CgroupPathView<'_> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::write!(f, "{}={:?}", "path", self.path())
    }
}
/// The field of [`CgroupPath`], borrowed.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
    ::core::cmp::Eq,
)]
#[allow(dead_code)]
pub struct CgroupPathRef<'a> {
    /// The path; never empty.
    pub path: &'a [u8],
}
/// Fills [`CgroupPath`] in place.
#[derive(::core::fmt::Debug)]
#[allow(dead_code)]
pub struct CgroupPathBuilder<'a> {
    strings: crate::__derive::StringsBuilder<'a, 1>,
}
#[allow(dead_code)]
impl<'a> CgroupPathBuilder<'a> {
    /// The path; never empty.
    #[inline]
    pub fn path(&mut self, value: impl ::core::convert::AsRef<[u8]>) -> &mut Self {
        self.strings.set(0, value.as_ref());
        self
    }
    /// `path`, as `len` bytes that `fill` writes in place.
    #[inline]
    pub fn path_with(
        &mut self,
        len: usize,
        fill: impl ::core::ops::FnOnce(&mut [u8]),
    ) -> &mut Self {
        self.strings.set_with(0, len, fill);
        self
    }
}
#[automatically_derived]
impl crate::__derive::WireMessage for CgroupPath {
    type View<'a> = CgroupPathView<'a>;
    type Ref<'a> = CgroupPathRef<'a>;
    type Builder<'a> = CgroupPathBuilder<'a>;
    const LAYOUT: &'static crate::__derive::Layout = &crate::__derive::Layout {
        name: "CgroupPath",
        doc: "The path of a cgroup: a key, which nobody resolves or opens.",
        method: ::core::option::Option::None,
        header_len: 0,
        fields: &[],
        tail: crate::__derive::Tail::Key {
            name: "path",
            min: 1,
            max: u32::MAX,
        },
        rules: &[],
    };
    const MIN_LEN: u32 = 2;
    const MAX_LEN: u32 = u32::MAX;
    #[inline]
    fn check_as<__Fault: crate::__derive::Fault>(
        bytes: &[u8],
    ) -> ::core::result::Result<(), __Fault> {
        crate::__derive::key(("CgroupPath", "path"), bytes, 1, u32::MAX)
    }
    #[inline]
    fn view(bytes: &[u8]) -> CgroupPathView<'_> {
        CgroupPathView { bytes }
    }
}
#[automatically_derived]
impl<'a> crate::__derive::MessageBuilder<'a> for CgroupPathBuilder<'a> {
    #[inline]
    fn new(into: &'a mut [u8]) -> Self {
        Self {
            strings: crate::__derive::StringsBuilder::new(into, 0),
        }
    }
    #[inline]
    fn finish(mut self) -> ::core::result::Result<usize, crate::__derive::EncodeError> {
        let [key] = self.strings.close()?;
        self.strings.without_nul("CgroupPath", [("path", 0)])?;
        crate::__derive::length::<
            crate::__derive::EncodeError,
        >(("CgroupPath", "path", 0), key.length(), 1, u32::MAX)?;
        self.strings.finish(&[])
    }
}
#[automatically_derived]
impl crate::__derive::Encode for CgroupPath {
    type Message = CgroupPath;
    #[inline]
    fn encoded_len(&self) -> usize {
        self.path.len() + 1
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut tail = crate::__derive::TailWriter::<__Fault>::new(into, 0)?;
        let key = tail.c_string(("CgroupPath", "path", 0), &self.path)?;
        crate::__derive::length::<
            __Fault,
        >(("CgroupPath", "path", 0), key.length(), 1, u32::MAX)?;
        tail.finish(&[])
    }
}
#[automatically_derived]
impl crate::__derive::Encode for CgroupPathRef<'_> {
    type Message = CgroupPath;
    #[inline]
    fn encoded_len(&self) -> usize {
        self.path.len() + 1
    }
    #[inline]
    fn encode_exact<__Fault: crate::__derive::EncodeFault>(
        &self,
        into: &mut [u8],
    ) -> ::core::result::Result<usize, __Fault> {
        let mut tail = crate::__derive::TailWriter::<__Fault>::new(into, 0)?;
        let key = tail.c_string(("CgroupPath", "path", 0), &self.path)?;
        crate::__derive::length::<
            __Fault,
        >(("CgroupPath", "path", 0), key.length(), 1, u32::MAX)?;
        tail.finish(&[])
    }
}
/// `path` as part of a key.
#[automatically_derived]
impl crate::__derive::NamedField<271672890340345462> for CgroupPath {
    type Value<'a> = &'a [u8];
    #[inline]
    fn value<'a>(
        item: <Self as crate::__derive::WireMessage>::View<'a>,
    ) -> <Self as crate::__derive::NamedField<271672890340345462>>::Value<'a> {
        CgroupPathView::path(&item)
    }
}
