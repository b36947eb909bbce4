/* The look-up of a decoding step: what core/model/memory.py computes for queries of one token.

   Of the many keys most are far from alike, which a byte for each number is enough to see: all are compared by such
   codes, and those that could be among the most alike after what the codes leave out are then compared exactly. So the
   result is that of comparing all exactly. */

#if defined(__AVX512F__) || defined(__AVX512VNNI__)
#include <immintrin.h>
#endif

#define CODES 127 /* to either side of zero, which is 128 */
#define AHEAD 8   /* rows of keys that are fetched before they are read */
#define FURTHER 4096 /* bytes of codes that are fetched before they are read */
#define TILE 32   /* at most: blocks of LANES columns of which the best in each lane are looked at first */

typedef struct {
    const void *keys, *values; /* (owners, kept heads, columns, head width): floats where `wide`, else bf16 */
    uint8_t *codes;            /* (owners, kept heads, blocks of LANES columns, head width / 4, LANES, 4) */
    float *scales;             /* (owners, kept heads, head width): what 1 stands for in the codes */
    float *norms;              /* (owners, kept heads, 2): of the longest key in codes, and of what they leave out */
    const int32_t *lengths;    /* of each owner */
    int32_t owners, columns, blocks, wide;
} Entries;

typedef struct { float score; int32_t place; } Found; /* place: of the memory, or -1 less that of the library */

typedef struct {
    const float *queries;      /* (rows, heads, head width) */
    float *seen;               /* as the queries: what they saw without looking up */
    const float *shares;       /* of each head */
    const int32_t *owners;     /* of each row */
    int32_t rows, heads, kept_heads, head_width, count;
} Asked;

static void unfold(const Entries *e, const void *from, long row, int width, float *to) {
    if (e->wide) memcpy(to, (const float *)from + row * width, sizeof(float) * width);
    else
        for (int i = 0; i < width; i += LANES) keep(to + i, widen((const uint16_t *)from + row * width + i));
}

static void prefetch(const Entries *e, long row, int width) {
    int size = e->wide ? 4 : 2;
    for (int i = 0; i < width * size; i += 64) __builtin_prefetch((const char *)e->keys + row * width * size + i);
}

/* Makes the codes of all keys, with their scales and norms. */
void encode(const Entries *e, int kept_heads, int width) {
    float key[width], sizes[width], inverse[width];
    uint8_t code[width];
    for (long head = 0; head < (long)e->owners * kept_heads; head++) {
        int length = e->lengths[head / kept_heads];
        float longest = 0, most_left_out = 0;
        memset(sizes, 0, sizeof sizes);
        for (long column = 0; column < length; column++) {
            unfold(e, e->keys, head * e->columns + column, width, key);
            for (int i = 0; i < width; i++) {
                float size = key[i] < 0 ? -key[i] : key[i];
                sizes[i] = size > sizes[i] ? size : sizes[i];
            }
        }
        for (int i = 0; i < width; i++) {
            e->scales[head * width + i] = sizes[i] / CODES;
            inverse[i] = sizes[i] > 0 ? CODES / sizes[i] : 0;
        }
        for (long column = 0; column < length; column++) {
            Floats lengths = {0}, left_out = {0};
            unfold(e, e->keys, head * e->columns + column, width, key);
            for (int i = 0; i < width; i += LANES) {
                Floats exact = load(key + i) * load(inverse + i);
                Ints rounded = __builtin_convertvector(exact + 128.5f, Ints);
                Floats kept = __builtin_convertvector(rounded - 128, Floats);
                Bytes bytes = __builtin_convertvector(rounded, Bytes);
                memcpy(code + i, &bytes, sizeof bytes);
                lengths += kept * kept;
                left_out += (exact - kept) * (exact - kept);
            }
            float length_of_code = total(lengths), most = total(left_out);
            longest = length_of_code > longest ? length_of_code : longest;
            most_left_out = most > most_left_out ? most : most_left_out;
            uint8_t *to = e->codes + (head * e->blocks + column / LANES) * width * LANES + column % LANES * 4;
            for (int i = 0; i < width; i += 4) memcpy(to + i * LANES, code + i, 4);
        }
        e->norms[head * 2] = sqrtf(longest);
        e->norms[head * 2 + 1] = sqrtf(most_left_out);
    }
}

/* Puts the `count` largest first and returns the smallest of them. */
static float select_largest(Found *x, int length, int count) {
    int low = 0, high = length - 1;
    while (low < high) {
        float middle = x[(low + high) / 2].score;
        int i = low, j = high;
        while (i <= j) {
            while (x[i].score > middle) i++;
            while (x[j].score < middle) j--;
            if (i <= j) {
                Found other = x[i];
                x[i++] = x[j];
                x[j--] = other;
            }
        }
        if (count - 1 <= j) high = j;
        else if (count - 1 >= i) low = i;
        else break;
    }
    return x[count - 1].score;
}

/* The products of TOGETHER queries of `width` codes with the keys of some blocks: (TOGETHER, `stride`). */
static void rate(const uint8_t *codes, int blocks, int width, const int8_t *queries, long stride, float *scores) {
    for (int block = 0; block < blocks; block++, codes += width * LANES, scores += LANES) {
        for (int i = 0; i < width * LANES; i += 64) __builtin_prefetch(codes + FURTHER + i);
#ifdef __AVX512VNNI__
        __m512i sums[TOGETHER];
        for (int q = 0; q < TOGETHER; q++) sums[q] = _mm512_setzero_si512();
        for (int i = 0; i < width; i += 4) {
            __m512i four = _mm512_loadu_si512(codes + i * LANES);
            for (int q = 0; q < TOGETHER; q++) {
                int32_t by;
                memcpy(&by, queries + q * width + i, 4);
                sums[q] = _mm512_dpbusd_epi32(sums[q], four, _mm512_set1_epi32(by));
            }
        }
        for (int q = 0; q < TOGETHER; q++) _mm512_storeu_ps(scores + q * stride, _mm512_cvtepi32_ps(sums[q]));
#else
        Floats sums[TOGETHER] = {0}; /* whole numbers, small enough to be exact */
        for (int i = 0; i < width; i += 4) {
            Words four;
            memcpy(&four, codes + i * LANES, sizeof four);
            for (int part = 0; part < 4; part++, four >>= 8) {
                Floats one = __builtin_convertvector((Ints)(four & 255), Floats);
                for (int q = 0; q < TOGETHER; q++) sums[q] += (float)queries[q * width + i + part] * one;
            }
        }
        for (int q = 0; q < TOGETHER; q++) keep(scores + q * stride, sums[q]);
#endif
    }
}

/* A bit for each that is above the floor. */
static inline uint32_t above(Floats x, float floor) {
#ifdef __AVX512F__
    return _mm512_cmp_ps_mask((__m512)x, _mm512_set1_ps(floor), _CMP_GT_OQ);
#else
    Ints over = x > floor;
    uint64_t pairs[LANES / 2], any = 0;
    uint32_t bits = 0;
    memcpy(pairs, &over, sizeof pairs);
    for (int i = 0; i < LANES / 2; i++) any |= pairs[i];
    if (any)
        for (int i = 0; i < LANES; i++) bits |= (over[i] & 1u) << i;
    return bits;
#endif
}

/* The query in codes, for a head's keys. Returns twice as much as a product of codes can be off, in their own units:
   by what the query leaves out times a key, and the query times what a key leaves out. */
static float encode_query(const float *query, const float *scales, const float *norms, int width, int8_t *codes) {
    float most = 0, length = 0, left_out = 0;
    for (int i = 0; i < width; i++) {
        float size = fabsf(query[i] * scales[i]);
        most = size > most ? size : most;
    }
    float inverse = most > 0 ? CODES / most : 0;
    for (int i = 0; i < width; i++) {
        float exact = query[i] * scales[i] * inverse;
        codes[i] = (int)(exact + 128.5f) - 128;
        length += exact * exact;
        left_out += (exact - codes[i]) * (exact - codes[i]);
    }
    return 2.002f * (sqrtf(left_out) * norms[0] + sqrtf(length) * norms[1]) + 2;
}

/* Little below the `count` largest of whole blocks of numbers, never above one of them: by halving. */
static float below_largest(const float *x, long length, int count) {
    Floats most = load(x), least = most;
    for (long i = LANES; i < length; i += LANES) {
        most = larger(most, load(x + i));
        least = -larger(-least, -load(x + i));
    }
    float high = most[0], low = least[0];
    for (int i = 1; i < LANES; i++) {
        high = most[i] > high ? most[i] : high;
        low = least[i] < low ? least[i] : low;
    }
    if (low < -1e9f) low = -1e9f; /* what is beyond the last key; no score is so low */
    for (int halving = 0; halving < 12; halving++) {
        float middle = low + (high - low) / 2;
        Ints over = {0};
        for (long i = 0; i < length; i += LANES) over -= load(x + i) >= middle;
        int above = 0;
        for (int i = 0; i < LANES; i++) above += over[i];
        if (above >= count) low = middle;
        else high = middle;
    }
    return low;
}

/* The places of all that could be among the `count` best, given their scores by codes in whole tiles; `best` and `left`
   are room for as many. */
static int could_be_best(const float *scores, int tiles, int tile, int count, float slack, float *best, float *left,
                         int32_t *places) {
    float floor = -INFINITY;
    for (int i = 0; i < tiles; i++) {
        Floats most = load(scores + (long)i * tile * LANES);
        for (int j = 1; j < tile; j++) most = larger(most, load(scores + ((long)i * tile + j) * LANES));
        keep(best + i * LANES, most);
    }
    if (tiles * LANES > count) floor = below_largest(best, tiles * LANES, count) - slack;
    int held = 0, kept = 0;
    for (int block = 0; block < tiles * tile; block++)
        for (uint32_t bits = above(load(scores + (long)block * LANES), floor); bits; bits &= bits - 1) {
            places[held] = block * LANES + __builtin_ctz(bits);
            left[held] = scores[places[held]];
            held++;
        }
    if (held <= count) return held;
    for (int i = held; i % LANES; i++) left[i] = -INFINITY;
    floor = below_largest(left, held, count) - slack;
    for (int i = 0; i < held; i++) {
        places[kept] = places[i];
        kept += left[i] > floor;
    }
    return kept;
}

/* How many Found a look-up needs room for: what TOGETHER queries find among each of two, and a search among at most so
   many entries, which takes all scores, the best of the tiles, and what could be the best: its scores, places, and itself. */
long look_up_room(long entries, long count) {
    return TOGETHER * 2 * count + (TOGETHER + 5) * (entries + (TILE + 2) * LANES) / 2;
}

/* Adds the `count` entries of one head most like each of up to TOGETHER queries to `best`, of which `held` are there;
   `sign` is 0 for a memory, -1 for a library. `room`: see `look_up_room`. */
static void search(const Entries *e, long head, int length, int queries, const float *const *query, int width, int count,
                   int sign, Found *room, Found *const *best, int *held) {
    int8_t codes[TOGETHER * width];
    float slack[TOGETHER], key[width];
    int blocks = (length + LANES - 1) / LANES, tile = blocks * LANES / (8 * count);
    tile = tile < 1 ? 1 : tile > TILE ? TILE : tile;
    int tiles = (blocks + tile - 1) / tile;
    long columns = (long)tiles * tile * LANES;
    float *scores = (float *)room, *best_of_tiles = scores + TOGETHER * columns, *left_scores = best_of_tiles + columns;
    int32_t *places = (int32_t *)left_scores + columns + LANES;
    Found *found = (Found *)(places + columns + LANES);
    memset(codes, 0, sizeof codes);
    for (int q = 0; q < queries; q++)
        slack[q] = encode_query(query[q], e->scales + head * width, e->norms + head * 2, width, codes + q * width);
    rate(e->codes + head * e->blocks * LANES * width, blocks, width, codes, columns, scores);
    for (int q = 0; q < queries; q++) {
        for (long i = length; i < columns; i++) scores[q * columns + i] = -INFINITY;
        int left = could_be_best(scores + q * columns, tiles, tile, count, slack[q], best_of_tiles, left_scores, places);
        for (int i = 0; i < left; i++) {
            Floats product = {0};
            if (i + AHEAD < left) prefetch(e, head * e->columns + places[i + AHEAD], width);
            unfold(e, e->keys, head * e->columns + places[i], width, key);
            for (int j = 0; j < width; j += LANES) product += load(key + j) * load(query[q] + j);
            found[i] = (Found){total(product), places[i]};
        }
        if (left > count) select_largest(found, left, count);
        for (int i = 0; i < left && i < count; i++)
            best[q][held[q]++] = (Found){found[i].score, found[i].place ^ sign};
    }
}

/* What the entries that were found say, mixed with what was seen. */
static void mix(const Entries *memory, long head, const Entries *library, long library_head, Found *found, int length,
                int width, float share, float *seen) {
    float said[width], value[width], scale = 1.0f / sqrtf((float)width), most = -INFINITY, sum = 0;
    memset(said, 0, sizeof said);
    for (int i = 0; i < length; i++) most = found[i].score > most ? found[i].score : most;
    for (int i = 0; i < length; i++) {
        const Entries *e = found[i].place < 0 ? library : memory;
        long row = found[i].place < 0 ? library_head * e->columns + ~found[i].place : head * e->columns + found[i].place;
        float weight = expf((found[i].score - most) * scale);
        unfold(e, e->values, row, width, value);
        for (int j = 0; j < width; j++) said[j] += weight * value[j];
        sum += weight;
    }
    for (int j = 0; j < width; j++) seen[j] += share * (said[j] / sum - seen[j]);
}

/* The places of the `count` entries of an owner most like each query, of as many heads as there are of keys: queries
   (heads, queries, head width), places (heads, queries, count). There must be so many. `room`: see `look_up_room`. */
void find(const Entries *e, int owner, int heads, int queries, int width, int count, const float *query, Found *room,
          int64_t *places) {
    for (int head = 0; head < heads; head++)
        for (int first = 0; first < queries; first += TOGETHER) {
            const float *some[TOGETHER];
            Found *best[TOGETHER];
            int held[TOGETHER] = {0}, many = queries - first < TOGETHER ? queries - first : TOGETHER;
            for (int q = 0; q < many; q++) {
                some[q] = query + ((long)head * queries + first + q) * width;
                best[q] = room + q * count;
            }
            search(e, (long)owner * heads + head, e->lengths[owner], many, some, width, count, 0,
                   room + TOGETHER * count, best, held);
            for (int q = 0; q < many; q++)
                for (int i = 0; i < count; i++)
                    places[((long)head * queries + first + q) * count + i] = best[q][i].place;
        }
}

/* Looks up for all rows, and mixes what they find with what they saw. `room`: see `look_up_room`. */
static void look_up(const Asked *a, const Entries *memory, const Entries *library, Found *room) {
    int group = a->heads / a->kept_heads;
    for (int owner = 0; owner < memory->owners; owner++) {
        if (!memory->lengths[owner] && !library) continue;
        for (int kept = 0; kept < a->kept_heads; kept++) {
            long head = (long)owner * a->kept_heads + kept;
            int next = 0, end = a->rows * group;
            while (next < end) {
                const float *query[TOGETHER];
                Found *best[TOGETHER];
                int which[TOGETHER], held[TOGETHER] = {0}, queries = 0;
                for (; next < end && queries < TOGETHER; next++) {
                    if (a->owners[next / group] % memory->owners != owner) continue;
                    which[queries] = next / group * a->heads + kept * group + next % group;
                    query[queries] = a->queries + (long)which[queries] * a->head_width;
                    best[queries] = room + queries * 2 * a->count;
                    queries++;
                }
                Found *rest = room + TOGETHER * 2 * a->count;
                if (queries && memory->lengths[owner])
                    search(memory, head, memory->lengths[owner], queries, query, a->head_width, a->count, 0, rest, best,
                           held);
                if (queries && library)
                    search(library, kept, library->lengths[0], queries, query, a->head_width, a->count, -1, rest, best,
                           held);
                for (int q = 0; q < queries; q++) {
                    if (held[q] > a->count) select_largest(best[q], held[q], a->count);
                    mix(memory, head, library, kept, best[q], held[q] < a->count ? held[q] : a->count, a->head_width,
                        a->shares[which[q] % a->heads], a->seen + (long)which[q] * a->head_width);
                }
            }
        }
    }
}
