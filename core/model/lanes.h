/* Sixteen numbers side by side, in whatever registers this processor has. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
#define TOGETHER 4

typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));
typedef uint8_t Bytes __attribute__((vector_size(16)));

static inline Floats load(const float *from) { Floats x; memcpy(&x, from, sizeof x); return x; }
static inline void keep(float *to, Floats x) { memcpy(to, &x, sizeof x); }

static inline Floats widen(const uint16_t *from) {
    Halves halves;
    memcpy(&halves, from, sizeof halves);
    return (Floats)(__builtin_convertvector(halves, Words) << 16);
}

static inline uint16_t narrow(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16; /* to the nearest, ties to even */
}

static inline Floats larger(Floats x, Floats y) {
    Ints first = x > y;
    return (Floats)((first & (Ints)x) | (~first & (Ints)y));
}

static inline float total(Floats x) {
    float parts[LANES];
    memcpy(parts, &x, sizeof parts);
    for (int half = LANES / 2; half; half /= 2)
        for (int i = 0; i < half; i++) parts[i] += parts[i + half];
    return parts[0];
}

/* To about 2e-6 of the result; arguments are held to what a float can say. */
static inline Floats exponential(Floats x) {
    const Floats zero = {0};
    x = larger(x, zero - 87.0f);
    x = -larger(-x, zero - 87.0f);
    Floats turns = x * 1.44269504f;
    Ints whole = __builtin_convertvector(turns, Ints);
    Floats rest = (turns - __builtin_convertvector(whole, Floats)) * 0.693147181f;
    Floats sum = zero + 1.0f / 5040;
    sum = sum * rest + 1.0f / 720;
    sum = sum * rest + 1.0f / 120;
    sum = sum * rest + 1.0f / 24;
    sum = sum * rest + 1.0f / 6;
    sum = sum * rest + 0.5f;
    sum = sum * rest + 1.0f;
    sum = sum * rest + 1.0f;
    return (Floats)((whole + 127) << 23) * sum;
}

static void normalise(const float *x, const float *gain, int width, float *y) {
    Floats squares = {0};
    for (int i = 0; i < width; i += LANES) squares += load(x + i) * load(x + i);
    float scale = 1.0f / sqrtf(total(squares) / (float)width + 1e-6f);
    for (int i = 0; i < width; i += LANES) keep(y + i, load(x + i) * scale * load(gain + i));
}
