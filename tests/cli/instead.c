/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* In place of a program of libexec: executes the words of the file "instead" beside it, one a line.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 32

int main(void)
{
    static char words[WORDS_MAX][PATH_MAX];
    char *argv[WORDS_MAX + 1] = { NULL };
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    FILE *file;

    if (size <= 0)
        return 1;
    path[size] = '\0';
    strcpy(strrchr(path, '/') + 1, "instead");
    file = fopen(path, "re");
    if (file == NULL)
        return 1;
    for (size_t i = 0; i < WORDS_MAX && fgets(words[i], PATH_MAX, file) != NULL; i++) {
        words[i][strcspn(words[i], "\n")] = '\0';
        argv[i] = words[i];
    }
    fclose(file);
    if (argv[0] != NULL)
        execvp(argv[0], argv);
    return 1;
}
