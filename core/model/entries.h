/* What can be looked up, made ready for it: a byte for each number of a key, and keys that are alike side by side. */

#define CODES 127      /* to either side of zero, which is 128 */
#define SAMPLE 32      /* keys from which it is seen in which direction many differ most */
#define APPROACHES 2   /* to that direction, from one key's */
#define MANY 2048      /* keys of which it pays to put those side by side that are alike */
#define SPREAD .577f   /* the standard deviation of numbers anywhere between -1 and 1 */

typedef struct { float score; int32_t place; } Found; /* place: of the memory, or -1 less that of the library */

typedef struct {
    const void *keys, *values; /* (owners, kept heads, columns, head width): floats where `wide`, else bf16 */
    int32_t *order;            /* (owners, kept heads, blocks, LANES): the columns, those of a block alike */
    uint8_t *codes;            /* of the keys in this order: (owners, kept heads, blocks, head width / 4, LANES, 4) */
    uint8_t *middles;          /* between the least and the most of each block: as the codes, of blocks instead of keys */
    float *spreads;            /* (owners, kept heads, whole blocks of blocks): what a product of length 1 with a key of a
                                  block is off from that with its middle, the standard deviation */
    float *scales;             /* (owners, kept heads, head width): what 1 stands for in the codes */
    const int32_t *lengths;    /* of each owner */
    int32_t owners, columns, blocks, wide;
} Entries;

static inline long whole(long count) { return (count + LANES - 1) / LANES; } /* blocks of LANES that hold so many */

static void unfold(const Entries *e, const void *from, long row, int width, float *to) {
    if (e->wide) memcpy(to, (const float *)from + row * width, sizeof(float) * width);
    else
        for (int i = 0; i < width; i += LANES) keep(to + i, widen((const uint16_t *)from + row * width + i));
}

static inline float product(const float *x, const float *y, int width) {
    Floats sum = {0};
    for (int i = 0; i < width; i += LANES) sum += load(x + i) * load(y + i);
    return total(sum);
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

/* The direction in which some keys differ most, about: power iterations on a sample of them. */
static void find_direction(const float *keys, const Found *some, int count, int width, float *direction) {
    int samples = count < SAMPLE ? count : SAMPLE;
    float apart[samples * width], middle[width], far = -1;
    memset(middle, 0, sizeof middle);
    for (int s = 0; s < samples; s++) {
        const float *key = keys + (long)some[(long)s * count / samples].place * width;
        for (int i = 0; i < width; i++) middle[i] += key[i] / samples;
        memcpy(apart + s * width, key, sizeof(float) * width);
    }
    for (int s = 0; s < samples; s++) {
        float *from_middle = apart + s * width;
        for (int i = 0; i < width; i++) from_middle[i] -= middle[i];
        float distance = product(from_middle, from_middle, width);
        if (distance > far) {
            far = distance;
            memcpy(direction, from_middle, sizeof(float) * width);
        }
    }
    for (int approach = 0; approach < APPROACHES && far > 0; approach++) {
        float next[width], most = 0;
        memset(next, 0, sizeof next);
        for (int s = 0; s < samples; s++) {
            float along = product(apart + s * width, direction, width);
            for (int i = 0; i < width; i++) next[i] += along * apart[s * width + i];
        }
        for (int i = 0; i < width; i++) most = fabsf(next[i]) > most ? fabsf(next[i]) : most;
        if (most > 0)
            for (int i = 0; i < width; i++) direction[i] = next[i] / most;
    }
}

/* Puts keys that are alike side by side: halves them where they differ most, to blocks of LANES, the last one less. */
static void arrange(const float *keys, Found *some, int count, int width) {
    if (count <= LANES) return;
    float direction[width];
    int half = whole(count) / 2 * LANES;
    find_direction(keys, some, count, width, direction);
    for (int i = 0; i < count; i++) some[i].score = product(keys + (long)some[i].place * width, direction, width);
    select_largest(some, count, half);
    arrange(keys, some, half, width);
    arrange(keys, some + half, count - half, width);
}

/* Where number i of a key, or of a block, lies in codes of so many numbers each. */
static inline long code_at(long key, int i, int width) {
    return (key / LANES * width + i / 4 * 4) * LANES + key % LANES * 4 + i % 4;
}

/* The columns of a head in their order: the first `known` as `like` has them, what follows by itself. */
static void put_in_order(const Entries *like, long like_head, int like_length, int known, const float *keys, int length,
                         int width, Found *some) {
    int count = 0;
    for (long at = 0; like && at < like_length; at++) {
        int column = like->order[like_head * like->blocks * LANES + at];
        if (column < known) some[count++].place = column;
    }
    for (int column = count; column < length; column++) some[column].place = column;
    if (length > MANY) arrange(keys, some + count, length - count, width);
}

static void encode_head(const Entries *e, long head, int length, int width, const float *keys, const float *sizes,
                        const Found *some) {
    float inverse[width];
    long first = head * e->blocks, first_of_blocks = head * whole(e->blocks) * LANES;
    uint8_t *codes = e->codes + first * width * LANES;
    for (int i = 0; i < width; i++) {
        e->scales[head * width + i] = sizes[i] / CODES;
        inverse[i] = sizes[i] > 0 ? CODES / sizes[i] : 0;
    }
    for (long block = 0; block < whole(length); block++) {
        Ints least[width / LANES], most[width / LANES];
        for (long at = block * LANES; at < (block + 1) * LANES && at < length; at++) {
            const float *key = keys + (long)some[at].place * width;
            e->order[first * LANES + at] = some[at].place;
            for (int i = 0; i < width; i += LANES) {
                Ints rounded = __builtin_convertvector(load(key + i) * load(inverse + i) + 128.5f, Ints);
                Bytes bytes = __builtin_convertvector(rounded, Bytes);
                for (int four = 0; four < LANES; four += 4)
                    memcpy(codes + code_at(at, i + four, width), (char *)&bytes + four, 4);
                Ints *low = least + i / LANES, *high = most + i / LANES, less = rounded < *low, more = rounded > *high;
                *low = at % LANES ? (less & rounded) | (~less & *low) : rounded;
                *high = at % LANES ? (more & rounded) | (~more & *high) : rounded;
            }
        }
        float squares = 0;
        for (int i = 0; i < width; i++) {
            int low = least[i / LANES][i % LANES], high = most[i / LANES][i % LANES];
            e->middles[first_of_blocks * width + code_at(block, i, width)] = (low + high) / 2;
            float half = (high - low) / 2.0f * e->scales[head * width + i];
            squares += half * half;
        }
        e->spreads[first_of_blocks + block] = SPREAD * sqrtf(squares / width);
    }
}

/* Orders and encodes all keys. `like`, or NULL: others, of the same owners or of one for all, of which the first `known`
   columns are the same in each. `keys`, `some`: room for the numbers of an owner's keys, and as many Found as keys. */
void encode(const Entries *e, int kept_heads, int width, const Entries *like, int known, float *keys, Found *some) {
    for (long head = 0; head < (long)e->owners * kept_heads; head++) {
        int owner = head / kept_heads, length = e->lengths[owner], like_owner = like && like->owners > 1 ? owner : 0;
        float sizes[width];
        memset(sizes, 0, sizeof sizes);
        for (long column = 0; column < length; column++) {
            float *key = keys + column * width;
            unfold(e, e->keys, head * e->columns + column, width, key);
            for (int i = 0; i < width; i += LANES)
                keep(sizes + i, larger(load(sizes + i), larger(load(key + i), -load(key + i))));
        }
        put_in_order(like, like_owner * kept_heads + head % kept_heads, like ? like->lengths[like_owner] : 0, known, keys,
                     length, width, some);
        encode_head(e, head, length, width, keys, sizes, some);
    }
}
