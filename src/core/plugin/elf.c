/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the header, the segments and the dynamic section of a shared object. */
#include "config.h"

#include "core/plugin/elf.h"

#include <fob/plugin.h>

#include "util/text.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far above what any library has. */
#define SEGMENTS_MAX 128
#define ENTRIES_MAX 512
#define NEEDED_MAX 256
#define SYMBOLS_MAX 65536
#define SYMBOLS_AT_ONCE 64

struct elf_image {
    int fd;
    ElfW(Phdr) segments[SEGMENTS_MAX];
    size_t segment_count;
    ElfW(Dyn) entries[ENTRIES_MAX];
    size_t entry_count; /* without the end entry */
    uint64_t strings;   /* the string table's offset in the file */
    uint64_t strings_size;
    const char *why;
    int error; /* of the read that failed; or 0 */
};

/* Set the reason of a failure. */
static int elf_fault(struct elf_image *image, const char *why)
{
    image->why = why;
    return FOB_PLUGIN;
}

static bool elf_read_at(struct elf_image *image, uint64_t offset, void *data, size_t size)
{
    ssize_t got;

    if (offset > (uint64_t)INT64_MAX - size)
        return false;
    got = pread(image->fd, data, size, (off_t)offset);
    if (got < 0)
        image->error = errno;
    return got == (ssize_t)size;
}

/* Whether PART lies in what ld.so maps.  ld.so takes another place for a lack of memory. */
static bool elf_is_mapped(const struct elf_image *image, const ElfW(Phdr) * part)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t first = UINT64_MAX;
    uint64_t end = 0;

    for (size_t i = 0; i < image->segment_count; i++) {
        const ElfW(Phdr) *segment = &image->segments[i];

        if (segment->p_type == PT_LOAD && segment->p_vaddr < first)
            first = segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_vaddr + segment->p_memsz > end)
            end = segment->p_vaddr + segment->p_memsz;
    }
    return part->p_vaddr >= first && part->p_vaddr <= end &&
           part->p_memsz < end - part->p_vaddr + page;
}

static int elf_read_segments(struct elf_image *image)
{
    ElfW(Ehdr) head;
    struct stat st;

    if (fstat(image->fd, &st) < 0 || !elf_read_at(image, 0, &head, sizeof head) ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_type != ET_DYN)
        return elf_fault(image, "not a shared object");
    if (head.e_phentsize != sizeof *image->segments || head.e_phnum > SEGMENTS_MAX)
        return elf_fault(image, "not a shared object for this machine");
    image->segment_count = head.e_phnum;
    if (!elf_read_at(image, head.e_phoff, image->segments,
                     image->segment_count * sizeof *image->segments))
        return elf_fault(image, "cut short");
    for (size_t i = 0; i < image->segment_count; i++) {
        uint64_t offset = image->segments[i].p_offset;
        uint64_t length = image->segments[i].p_filesz;

        if (image->segments[i].p_type == PT_LOAD &&
            (offset > (uint64_t)st.st_size || length > (uint64_t)st.st_size - offset))
            return elf_fault(image, "cut short");
        if (image->segments[i].p_type == PT_GNU_RELRO && !elf_is_mapped(image, &image->segments[i]))
            return elf_fault(image, "its protected part is not in its segments");
    }
    return FOB_SUCCESS;
}

/* Find the file offset of SIZE bytes at ADDRESS; false when no segment has them.  The last of
 * overlapping segments counts. */
static bool elf_find_address(const struct elf_image *image, uint64_t address, uint64_t size,
                             uint64_t *offset)
{
    for (size_t i = image->segment_count; i-- > 0;) {
        const ElfW(Phdr) *segment = &image->segments[i];

        if (segment->p_type != PT_LOAD || address < segment->p_vaddr ||
            address - segment->p_vaddr > segment->p_filesz)
            continue;
        *offset = segment->p_offset + (address - segment->p_vaddr);
        return size <= segment->p_filesz - (address - segment->p_vaddr);
    }
    return false;
}

static int elf_read_entries(struct elf_image *image)
{
    const ElfW(Phdr) *dynamic = NULL;
    uint64_t offset;
    size_t count;

    for (size_t i = 0; i < image->segment_count; i++) {
        if (image->segments[i].p_type == PT_DYNAMIC)
            dynamic = &image->segments[i];
    }
    if (dynamic == NULL)
        return elf_fault(image, "not a shared object");
    count = dynamic->p_filesz / sizeof *image->entries;
    if (count > ENTRIES_MAX)
        count = ENTRIES_MAX;
    if (!elf_find_address(image, dynamic->p_vaddr, count * sizeof *image->entries, &offset) ||
        !elf_read_at(image, offset, image->entries, count * sizeof *image->entries))
        return elf_fault(image, "its dynamic section is not in the file");
    while (image->entry_count < count && image->entries[image->entry_count].d_tag != DT_NULL)
        image->entry_count++;
    return image->entry_count < count ? FOB_SUCCESS
                                      : elf_fault(image, "its dynamic section has no end");
}

/* The value of the last entry with TAG; 0 for none. */
static uint64_t elf_value(const struct elf_image *image, int64_t tag)
{
    for (size_t i = image->entry_count; i-- > 0;) {
        if (image->entries[i].d_tag == tag)
            return image->entries[i].d_un.d_val;
    }
    return 0;
}

static int elf_find_strings(struct elf_image *image)
{
    image->strings_size = elf_value(image, DT_STRSZ);
    return elf_find_address(image, elf_value(image, DT_STRTAB), image->strings_size,
                            &image->strings)
               ? FOB_SUCCESS
               : elf_fault(image, "its string table is not in the file");
}

/* Read the string at AT of the string table; the caller frees it. */
static int elf_read_string(struct elf_image *image, uint64_t at, char **string)
{
    char text[PATH_MAX];
    size_t room = sizeof text;

    if (at >= image->strings_size)
        return elf_fault(image, "a name lies outside its string table");
    if (room > image->strings_size - at)
        room = (size_t)(image->strings_size - at);
    if (!elf_read_at(image, image->strings + at, text, room) || memchr(text, '\0', room) == NULL)
        return elf_fault(image, "a name in its string table has no end");
    if (!text_is_utf8(text, strlen(text)))
        return elf_fault(image, "a name in its string table is not UTF-8");
    free(*string);
    *string = strdup(text);
    return *string != NULL ? FOB_SUCCESS : FOB_NOMEM;
}

static int elf_add_needed(struct elf_image *image, uint64_t at, struct elf *elf)
{
    int code;

    if (elf->needed_count == NEEDED_MAX)
        return elf_fault(image, "it needs more than 256 libraries");
    code = elf_read_string(image, at, &elf->needed[elf->needed_count]);
    elf->needed_count += code == FOB_SUCCESS;
    return code;
}

static int elf_apply_entry(struct elf_image *image, const ElfW(Dyn) * entry, struct elf *elf)
{
    uint64_t value = entry->d_un.d_val;

    switch (entry->d_tag) {
    case DT_NEEDED:
        return elf_add_needed(image, value, elf);
    case DT_SONAME:
        return elf_read_string(image, value, &elf->soname);
    case DT_RPATH:
        return elf_read_string(image, value, &elf->rpath);
    case DT_RUNPATH:
        return elf_read_string(image, value, &elf->runpath);
    case DT_AUXILIARY:
    case DT_FILTER:
        return elf_fault(image, "it filters another library's symbols");
    case DT_BIND_NOW:
        elf->binds_now = true;
        break;
    case DT_FLAGS:
        elf->binds_now |= (value & DF_BIND_NOW) != 0;
        break;
    case DT_FLAGS_1:
        elf->binds_now |= (value & DF_1_NOW) != 0;
        break;
    default:
        break;
    }
    return FOB_SUCCESS;
}

/* Whether SYMBOL is the declaration of a plugin. */
static bool elf_is_declaration(struct elf_image *image, const ElfW(Sym) * symbol)
{
    static const char wanted[] = "fob_plugin";
    char name[sizeof wanted];

    return symbol->st_shndx != SHN_UNDEF && symbol->st_name < image->strings_size &&
           image->strings_size - symbol->st_name >= sizeof name &&
           elf_read_at(image, image->strings + symbol->st_name, name, sizeof name) &&
           memcmp(name, wanted, sizeof name) == 0;
}

/* The declaration's offset in the file; false if there is none.  The symbol table has no end mark:
 * the string table follows it. */
static bool elf_find_declaration(struct elf_image *image, uint64_t *offset)
{
    const uint64_t first = elf_value(image, DT_SYMTAB);
    const uint64_t after = elf_value(image, DT_STRTAB);
    const uint64_t count = after > first ? (after - first) / sizeof(ElfW(Sym)) : 0;
    ElfW(Sym) symbols[SYMBOLS_AT_ONCE];
    uint64_t at;

    for (size_t i = 0; i < count && i < SYMBOLS_MAX; i += SYMBOLS_AT_ONCE) {
        const size_t part = count - i < SYMBOLS_AT_ONCE ? (size_t)count - i : SYMBOLS_AT_ONCE;

        if (!elf_find_address(image, first + i * sizeof *symbols, part * sizeof *symbols, &at) ||
            !elf_read_at(image, at, symbols, part * sizeof *symbols))
            return false;
        for (size_t k = 0; k < part; k++) {
            if (elf_is_declaration(image, &symbols[k]))
                return elf_find_address(image, symbols[k].st_value, 2 * sizeof(uint32_t), offset);
        }
    }
    return false;
}

/* The needs must be known before the file is mapped. */
static void elf_read_needs(struct elf_image *image, struct elf *elf)
{
    struct fob_plugin plugin;
    uint64_t offset;

    if (elf_find_declaration(image, &offset) &&
        elf_read_at(image, offset, &plugin, sizeof plugin) &&
        plugin.size >= offsetof(struct fob_plugin, needs) + sizeof plugin.needs) {
        elf->has_needs = true;
        elf->needs = plugin.needs;
    }
}

static int elf_read_image(struct elf_image *image, struct elf *elf)
{
    int code = elf_read_segments(image);

    if (code == FOB_SUCCESS)
        code = elf_read_entries(image);
    if (code == FOB_SUCCESS)
        code = elf_find_strings(image);
    for (size_t i = 0; code == FOB_SUCCESS && i < image->entry_count; i++)
        code = elf_apply_entry(image, &image->entries[i], elf);
    if (code == FOB_SUCCESS && elf->runpath != NULL) {
        free(elf->rpath);
        elf->rpath = NULL;
    }
    if (code == FOB_SUCCESS)
        elf_read_needs(image, elf);
    return code;
}

int elf_read(int fd, struct elf *elf, const char **why)
{
    struct elf_image *image = calloc(1, sizeof *image);
    int code;

    *elf = (struct elf){ .needed = calloc(NEEDED_MAX, sizeof *elf->needed) };
    if (image == NULL || elf->needed == NULL) {
        free(image);
        return FOB_NOMEM;
    }
    image->fd = fd;
    code = elf_read_image(image, elf);
    if (code == FOB_PLUGIN)
        *why = image->why;
    /* A failed read is no fault of the file. */
    if (code != FOB_NOMEM && image->error != 0) {
        *why = strerror(image->error);
        code = FOB_SYSTEM;
    }
    free(image);
    return code;
}

void elf_free(struct elf *elf)
{
    for (size_t i = 0; i < elf->needed_count; i++)
        free(elf->needed[i]);
    free(elf->needed);
    free(elf->soname);
    free(elf->rpath);
    free(elf->runpath);
    *elf = (struct elf){ .needed = NULL };
}
