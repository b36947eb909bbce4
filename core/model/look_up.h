/* The look-up of a decoding step: what core/model/memory.py computes for queries of one token.

   Of many keys most are far from alike. The middle and the spread of a block of keys say how alike one of them may be; of
   those in blocks that promise enough, a byte for each number says which could be among the most alike; and these are
   compared exactly. What lies farther from the middle, or is rounded by more, than four standard deviations is left out:
   of a thousand entries that comparing all finds, in songs of 25,000 keys, one to three. */

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define AHEAD 8        /* blocks and keys that are fetched before they are read */
#define FINE 128       /* parts of the codes' units in which a query is told */
#define HALVINGS 9     /* of a range of numbers */
#define FEW 128        /* entries up to which all are looked at, for each that is looked for */
#define TILE 4         /* vectors of promises of which the largest in each lane is looked at first */
#define DEVIATIONS 4   /* standard deviations that pass for the most that can be */
#define LEFT_OUT .289f /* that of what rounding leaves out */

typedef struct {
    const float *queries;      /* (rows, heads, head width) */
    float *seen;               /* as the queries: what they saw without looking up */
    const float *shares;       /* of each head */
    const int32_t *owners;     /* of each row */
    int32_t rows, heads, kept_heads, head_width, count;
} Asked;

typedef struct {               /* a query in FINE parts of codes: `high` times FINE and `low` */
    int8_t *high, *low;
    int32_t offset;            /* its product with 128 in all codes, which stand for zero */
    float length, exact_length; /* its own, and the exact one's in the units of its products */
} Query;

static void prefetch(const Entries *e, const void *from, long row, int width) {
    int size = e->wide ? 4 : 2;
    for (int i = 0; i < width * size; i += 64) __builtin_prefetch((const char *)from + row * width * size + i);
}

static void encode_query(const float *query, const float *scales, int width, Query *to) {
    float most = 0, squares = 0;
    for (int i = 0; i < width; i++) {
        float size = fabsf(query[i] * scales[i]);
        most = size > most ? size : most;
        squares += size * size;
    }
    float unit = most > 0 ? CODES * FINE / most : 0;
    to->length = sqrtf(squares) * unit;
    to->exact_length = sqrtf(product(query, query, width)) * unit;
    to->offset = 0;
    for (int i = 0; i < width; i++) {
        int fine = (int)lrintf(query[i] * scales[i] * unit);
        to->high[i] = (fine + FINE / 2 + CODES * FINE) / FINE - CODES;
        to->low[i] = fine - to->high[i] * FINE;
        to->offset += fine * 128;
    }
}

/* Adds the products of four numbers of a query with those of LANES keys. */
static inline Ints add_products(Ints sums, const uint8_t *codes, const int8_t *query) {
#ifdef __AVX512VNNI__
    int32_t by;
    memcpy(&by, query, 4);
    return (Ints)_mm512_dpbusd_epi32((__m512i)sums, _mm512_loadu_si512(codes), _mm512_set1_epi32(by));
#else
    Words four;
    memcpy(&four, codes, sizeof four);
    for (int part = 0; part < 4; part++, four >>= 8) sums += (Ints)(four & 255) * query[part];
    return sums;
#endif
}

/* The products of a query with a block of LANES keys. */
static inline Floats score_codes(const uint8_t *codes, int width, const Query *query) {
    Ints high = {0}, low = {0};
    for (int i = 0; i < width; i += 4) {
        high = add_products(high, codes + i * LANES, query->high + i);
        low = add_products(low, codes + i * LANES, query->low + i);
    }
    return __builtin_convertvector(high * FINE + low - query->offset, Floats);
}

/* How alike a key of each block may be; and `best`, of every TILE of them the most. */
static void foresee(const Entries *e, long head, long blocks, int width, const Query *query, float *promises,
                    float *best) {
    const uint8_t *middles = e->middles + head * whole(e->blocks) * width * LANES;
    const float *spreads = e->spreads + head * whole(e->blocks) * LANES;
    for (long block = 0; block < blocks; block += LANES) {
        float *promise = promises + block, *most = best + block / LANES / TILE * LANES;
        keep(promise, score_codes(middles + block * width, width, query) + DEVIATIONS * query->exact_length * load(spreads + block));
        for (long none = blocks; none < block + LANES; none++) promises[none] = -INFINITY;
        keep(most, block / LANES % TILE ? larger(load(most), load(promise)) : load(promise));
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

/* Puts the numbers above the floor into `kept`, and `first` and what follows it, for each its own, into `places`; returns
   how many. There is room for LANES. */
static inline int keep_above(Floats x, float floor, int32_t first, float *kept, int32_t *places) {
    uint32_t bits = above(x, floor);
#ifdef __AVX512F__
    __m512i all = _mm512_add_epi32(_mm512_set1_epi32(first), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    _mm512_storeu_ps(kept, _mm512_maskz_compress_ps(bits, (__m512)x));
    _mm512_storeu_si512(places, _mm512_maskz_compress_epi32(bits, all));
    return __builtin_popcount(bits);
#else
    int count = 0;
    for (; bits; bits &= bits - 1, count++) {
        places[count] = first + __builtin_ctz(bits);
        kept[count] = x[__builtin_ctz(bits)];
    }
    return count;
#endif
}

/* Little below the `count` largest of whole blocks of numbers, by halving. Infinity below zero stands for no number; there
   must be so many others. */
static float below_largest(const float *x, long length, int count) {
    Floats most = load(x);
    for (long i = LANES; i < length; i += LANES) most = larger(most, load(x + i));
    Floats least = most;
    for (long i = 0; i < length; i += LANES) {
        Ints none = load(x + i) == -INFINITY;
        least = -larger(-least, -(Floats)((none & (Ints)least) | (~none & (Ints)load(x + i))));
    }
    float high = -INFINITY, low = INFINITY;
    for (int i = 0; i < LANES; i++) {
        high = most[i] > high ? most[i] : high;
        low = least[i] < low && least[i] > -INFINITY ? least[i] : low;
    }
    for (int halving = 0; halving < HALVINGS; halving++) {
        float middle = low + (high - low) / 2;
        Ints over = {0};
        for (long i = 0; i < length; i += LANES) over -= load(x + i) >= middle;
        int above = 0;
        for (int i = 0; i < LANES; i++) above += over[i];
        if (above >= count) low = middle;
        else high = middle;
    }
    return nextafterf(low, -INFINITY);
}

/* How many Found a look-up needs room for: what it finds in each of two, and a search among at most so many entries: what
   blocks promise, those it looked at with the scores of their keys, and the keys that could be the best with their
   scores and places. */
long look_up_room(long entries, long count) {
    long blocks = whole(entries);
    return 2 * count + (whole(blocks) + 1) * LANES + 3 * (blocks + 1) * LANES;
}

/* Scores the keys of blocks that promise more than `least`, after `held` that were scored before; each once, so its
   promise is taken away. */
static long score_blocks(const Entries *e, long head, int length, int width, const Query *query, float *promises,
                         float least, int32_t *looked_at, float *scores, long held) {
    long blocks = whole(length), all = held;
    const uint8_t *codes = e->codes + head * e->blocks * width * LANES;
    for (long first = 0; first < blocks; first += LANES)
        all += keep_above(load(promises + first), least, first, scores + all * LANES, looked_at + all);
    for (long i = held; i < all; i++) promises[looked_at[i]] = -INFINITY;
    for (; held < all; held++) {
        if (held + AHEAD < all)
            for (int i = 0; i < width * LANES; i += 64)
                __builtin_prefetch(codes + (long)looked_at[held + AHEAD] * width * LANES + i);
        keep(scores + held * LANES, score_codes(codes + (long)looked_at[held] * width * LANES, width, query));
        for (long at = length; looked_at[held] == blocks - 1 && at % LANES; at++)
            scores[held * LANES + at % LANES] = -INFINITY;
    }
    return held;
}

/* Adds the `count` entries of one head most like a query to `best`, of which `held` are there; `sign` is 0 for a memory,
   -1 for a library. `room`: see `look_up_room`. */
static void search(const Entries *e, long head, int length, const float *exact, int width, int count, int sign,
                   Found *room, Found *best, int *held) {
    int8_t codes[2 * width];
    Query query = {codes, codes + width};
    long blocks = whole(length), padded_blocks = whole(blocks) * LANES, scored = 0;
    float *promises = (float *)room, *scores = promises + padded_blocks, key[width];
    int32_t *looked_at = (int32_t *)(scores + (blocks + 1) * LANES), *places = looked_at + padded_blocks + LANES;
    float *likely = (float *)(places + (blocks + 1) * LANES), floor = -INFINITY;
    Found *found = (Found *)(likely + (blocks + 1) * LANES);
    encode_query(exact, e->scales + head * width, width, &query);
    float slack = DEVIATIONS * LEFT_OUT * 1.414f * query.length; /* two products may be off against each other */
    for (long block = 0; block < padded_blocks; block++) promises[block] = block < blocks ? 0 : -INFINITY;
    if (length > FEW * count) {
        foresee(e, head, blocks, width, &query, promises, likely);
        floor = below_largest(likely, whole(blocks) / TILE * LANES, count);
        scored = score_blocks(e, head, length, width, &query, promises, floor, looked_at, scores, 0);
        floor = below_largest(scores, scored * LANES, count);
    }
    scored = score_blocks(e, head, length, width, &query, promises, floor, looked_at, scores, scored);
    if (length > count && floor == -INFINITY) floor = below_largest(scores, scored * LANES, count);
    int left = 0, compared = 0;
    for (long block = 0; block < scored; block++)
        left += keep_above(load(scores + block * LANES), floor - slack, looked_at[block] * LANES, likely + left,
                           places + left);
    for (int i = left; i % LANES; i++) likely[i] = -INFINITY;
    if (left > count) floor = below_largest(likely, whole(left) * LANES, count);
    for (int i = 0; i < left; i++)
        if (likely[i] > floor - slack) {
            places[compared] = e->order[head * e->blocks * LANES + places[i]];
            prefetch(e, e->keys, head * e->columns + places[compared++], width);
        }
    for (int i = 0; i < compared; i++) {
        unfold(e, e->keys, head * e->columns + places[i], width, key);
        found[i] = (Found){product(key, exact, width), places[i] ^ sign};
    }
    if (compared > count) select_largest(found, compared, count);
    for (int i = 0; i < compared && i < count; i++) {
        prefetch(e, e->values, head * e->columns + (found[i].place ^ sign), width);
        best[(*held)++] = found[i];
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
    for (long which = 0; which < (long)heads * queries; which++) {
        int held = 0;
        search(e, (long)owner * heads + which / queries, e->lengths[owner], query + which * width, width, count, 0,
               room + count, room, &held);
        for (int i = 0; i < count; i++) places[which * count + i] = room[i].place;
    }
}

/* Looks up for all rows, and mixes what they find with what they saw. `room`: see `look_up_room`. */
static void look_up(const Asked *a, const Entries *memory, const Entries *library, Found *room) {
    int group = a->heads / a->kept_heads, width = a->head_width;
    for (int head = 0; head < a->heads; head++)
        for (int row = 0; row < a->rows; row++) {
            int owner = a->owners[row] % memory->owners, kept = head / group, held = 0;
            long of_memory = (long)owner * a->kept_heads + kept, which = ((long)row * a->heads + head) * width;
            if (memory->lengths[owner])
                search(memory, of_memory, memory->lengths[owner], a->queries + which, width, a->count, 0,
                       room + 2 * a->count, room, &held);
            if (library)
                search(library, kept, library->lengths[0], a->queries + which, width, a->count, -1, room + 2 * a->count,
                       room, &held);
            if (!held) continue;
            if (held > a->count) select_largest(room, held, a->count);
            mix(memory, of_memory, library, kept, room, held < a->count ? held : a->count, width, a->shares[head],
                a->seen + which);
        }
}
