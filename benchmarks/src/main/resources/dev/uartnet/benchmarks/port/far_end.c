/*
 * The far end of pseudo terminals, and the raw C that a port is compared with; compiled and started by FarEnd.java.
 *
 *   far_end echo                            a terminal whose master sends back what comes
 *   far_end sink | source                   a terminal whose master takes, or sends, as much as goes
 *   far_end lines N BUSY RATE TICK          N terminals; while told to, BUSY of them send RATE bytes/s in pieces of TICK us, and all take
 *   far_end ping PATH COUNT                 opens a terminal, sends 16 bytes and waits for them: prints the nanoseconds of each
 *   far_end read | write PATH BYTES         opens a terminal and copies: prints the CPU nanoseconds
 *
 * The first four print the path of each terminal, and end with their standard input.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 4096
#define PING 16

static char buffer[CHUNK];

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void raw(int fd) {
    struct termios settings;
    if (tcgetattr(fd, &settings))
        die("tcgetattr");
    cfmakeraw(&settings);
    cfsetspeed(&settings, B921600);
    if (tcsetattr(fd, TCSANOW, &settings))
        die("tcsetattr");
}

/* The master; the slave stays open, so that its settings stay. */
static int terminal(int flags) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | flags);
    if (master < 0 || grantpt(master) || unlockpt(master))
        die("posix_openpt");
    char *path = ptsname(master);
    int slave = open(path, O_RDWR | O_NOCTTY);
    if (slave < 0)
        die(path);
    raw(slave);
    printf("%s\n", path);
    return master;
}

static int open_port(const char *path) {
    int fd = open(path, O_RDWR | O_NOCTTY);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
        die(path);
    raw(fd);
    return fd;
}

static void write_all(int fd, const char *from, size_t count) {
    while (count > 0) {
        ssize_t written = write(fd, from, count);
        if (written < 0)
            die("write");
        from += written;
        count -= written;
    }
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int64_t cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL
            + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

/* Whether the parent has gone; polled by those that do not sleep in a read. */
static void serve(int fd, int echo, int source) {
    struct pollfd polled[2] = {{STDIN_FILENO, POLLIN, 0}, {fd, source ? POLLOUT : POLLIN, 0}};
    while (poll(polled, 2, -1) > 0 && !polled[0].revents) {
        if (source) {
            if (write(fd, buffer, CHUNK) < 0 && errno != EAGAIN)
                die("write");
        } else if (polled[1].revents & POLLIN) {
            ssize_t count = read(fd, buffer, CHUNK);
            if (count > 0 && echo)
                write_all(fd, buffer, count);
        }
    }
}

static void ping(const char *path, int count) {
    int fd = open_port(path);
    for (int i = 0; i < count; i++) {
        int64_t start = now();
        write_all(fd, buffer, PING);
        for (int have = 0; have < PING;) {
            ssize_t more = read(fd, buffer + have, PING - have);
            if (more <= 0)
                die("read");
            have += more;
        }
        printf("%lld\n", (long long) (now() - start));
    }
}

static void copy(const char *path, int64_t bytes, int out) {
    int fd = open_port(path);
    int64_t start = cpu();
    while (bytes > 0) {
        ssize_t count = out ? write(fd, buffer, bytes < CHUNK ? bytes : CHUNK) : read(fd, buffer, CHUNK);
        if (count <= 0)
            die("copy");
        bytes -= count;
    }
    printf("%lld\n", (long long) (cpu() - start));
}

static void lines(int count, int busy, int64_t rate, int64_t tick_us) {
    int *masters = calloc(count, sizeof(int));
    int64_t *written = calloc(count, sizeof(int64_t));
    for (int i = 0; i < count; i++)
        masters[i] = terminal(O_NONBLOCK);
    fflush(stdout);
    char command;
    if (read(STDIN_FILENO, &command, 1) != 1)
        return;
    int64_t start = now(), next = start, taken = 0, sent = 0, cpu_start = cpu();
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    while (!poll(&input, 1, 0)) {
        int64_t due = (now() - start) / 1000 * rate / 1000000;
        for (int i = 0; i < busy; i++) {
            while (written[i] < due) {
                int64_t size = due - written[i] < CHUNK ? due - written[i] : CHUNK;
                ssize_t more = write(masters[i], buffer, size);
                if (more <= 0)
                    break;
                written[i] += more;
                sent += more;
            }
            ssize_t more;
            while ((more = read(masters[i], buffer, CHUNK)) > 0)
                taken += more;
        }
        next += tick_us * 1000;
        struct timespec wake = {next / 1000000000, next % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL);
    }
    printf("%lld %lld %lld\n", (long long) sent, (long long) taken, (long long) (cpu() - cpu_start));
    fflush(stdout);
    while (read(STDIN_FILENO, &command, 1) == 1) {
    }
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    memset(buffer, 'u', CHUNK);
    if (!strcmp(mode, "lines") && argc == 6) {
        lines(atoi(argv[2]), atoi(argv[3]), atoll(argv[4]), atoll(argv[5]));
    } else if (!strcmp(mode, "ping") && argc == 4) {
        ping(argv[2], atoi(argv[3]));
    } else if ((!strcmp(mode, "read") || !strcmp(mode, "write")) && argc == 4) {
        copy(argv[2], atoll(argv[3]), !strcmp(mode, "write"));
    } else if (!strcmp(mode, "echo") || !strcmp(mode, "sink") || !strcmp(mode, "source")) {
        int source = !strcmp(mode, "source");
        int master = terminal(source ? O_NONBLOCK : 0);
        fflush(stdout);
        serve(master, !strcmp(mode, "echo"), source);
    } else {
        fprintf(stderr, "far_end: see its source\n");
        return 2;
    }
    return 0;
}
