/* bcryptprimitives.dll for Wine 8, which has none: the one function that Rust's standard library imports from it, for
 * the keys of hash maps. Built by ci/windows.sh; Windows itself has the real one. */
#include <windows.h>

/* RtlGenRandom, under the only name that advapi32 exports it by. */
BOOLEAN NTAPI SystemFunction036(PVOID bytes, ULONG len);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T len)
{
    while (len > 0) {
        ULONG part = len > 0x10000 ? 0x10000 : (ULONG)len;
        if (!SystemFunction036(bytes, part))
            return FALSE;
        bytes += part;
        len -= part;
    }
    return TRUE;
}

BOOL WINAPI entry(HINSTANCE dll, DWORD reason, LPVOID reserved)
{
    (void)dll, (void)reason, (void)reserved;
    return TRUE;
}
