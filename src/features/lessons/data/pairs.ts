// Pairs of stories, one without a fault and one with: drawn by tools/lessons/pairs.py with a seed, none chosen. `made` by the
// storyteller's generator and broken on purpose, `written` by the storyteller itself for the same request.

import type { Both, Cast } from '../../../lessons/types.ts'

export const made: Both<readonly Cast[]> = {
  en: [
    {
      good: 'Tim was in the school. Tim found a flute. Sam was in the library. Tim went to see Sam. Tim gave the flute to Sam. Sam thanked Tim.',
      bad: 'Tim was in the school. Sam was in the library. Tim went to see Sam. Tim gave the flute to Sam. Sam thanked Tim.',
    },
    {
      good: 'Grace was in the garden. Grace washed a key. Rose was in the castle. The ring was bought by Rose. Rose went to see Grace. Rose gave the ring to Grace.',
      bad: 'Grace was in the garden. Grace washed a key. Rose was in the castle. The ring was bought by Rose. Rose went to see Rose. Rose gave the ring to Grace.',
    },
    {
      good: 'Rose was in the kitchen. Rose made a flute. Hugo was in the kitchen too. Rose gave the flute to Hugo. Hugo took the flute home. Hugo was happy.',
      bad: 'Rose was in the kitchen. Hugo was in the kitchen too. Rose gave the flute to Hugo. Hugo took the flute home. Hugo was happy.',
    },
    {
      good: 'It was a sunny day. Grace was in the kitchen. The bell was kept by Grace. Mia was in the kitchen too. Grace took the bell home. Grace was happy.',
      bad: 'It was a sunny day. Grace was in the kitchen. The scarf was kept by Grace. Mia was in the kitchen too. Grace took the bell home. Grace was happy.',
    },
    {
      good: 'Nina was in the shop. The bell was kept by Nina. Nina took the bell home. Nina was happy. It was a good day.',
      bad: 'Nina was in the shop. The bell was kept by Nina. Nina took the bell home. Nina was happy. It was a good day. Nina was in the shop.',
    },
    {
      good: 'It was a cold morning. Finn was in the shop. Finn made a flute. Bob was in the shop too. Finn gave the flute to Bob. In the evening they went home.',
      bad: 'It was a cold morning. Finn was in the shop. Finn made a flute. Bob was in the shop too. Finn gave the flute to Emma. In the evening they went home.',
    },
    {
      good: 'Clara was in the tower. The spoon was bought by Clara. Nina was in the garden. Nina kept a shell. Nina brought the shell to Clara. Clara was happy.',
      bad: 'Clara was in the tower. The spoon was bought by Clara. Nina was in the garden. Clara kept a shell. Nina brought the shell to Clara. Clara was happy.',
    },
    {
      good: 'It was a cold morning. Ella was in the shop. Ella made a basket. Leo was in the cave. Leo lost a flower. Leo was sad.',
      bad: 'It was a cold morning. Ella made a basket. Leo was in the cave. Leo lost a flower. Leo was sad.',
    },
    {
      good: 'Leo was in the library. Leo bought a book. Leo took the book home. Leo was happy.',
      bad: 'Jack was in the library. Leo bought a book. Leo took the book home. Leo was happy.',
    },
    {
      good: 'Sam was in the cave. Sam dropped a bell. Sam was sad. Sam looked for the bell.',
      bad: 'Sam was in the cave. Sam dropped a bell. Sam was sad. Sam looked for the shell.',
    },
    {
      good: 'Max was in the cellar. The boat was lost by Max. Finn was in the barn. Finn washed a robot. Finn found the boat. Finn brought the boat to Max.',
      bad: 'Max was in the cellar. The boat was lost by Max. Finn was in the barn. Finn washed a robot. Finn found the boat. Finn washed a robot. Finn brought the boat to Max.',
    },
    {
      good: 'Finn was in the castle. The coin was kept by Finn. Emma was in the castle too. Finn showed the coin to Emma.',
      bad: 'Finn was in the castle. The coin was kept by Finn. Emma was in the library too. Finn showed the coin to Emma.',
    },
    {
      good: 'Bob was in the tower. The shell was found by Bob. Clara was in the attic. Bob brought the shell to Clara. Clara took the shell home. Clara was happy.',
      bad: 'Bob was in the tower. The hat was found by Bob. Clara was in the attic. Bob brought the shell to Clara. Clara took the shell home. Clara was happy.',
    },
    {
      good: 'Lily was in the meadow. Lily bought a hat. Lily took the hat home. Lily was happy. It was a good day.',
      bad: 'Lily was in the meadow. Lily bought a hat. Mia took the hat home. Lily was happy. It was a good day.',
    },
    {
      good: 'It was a sunny day. Sara was in the shop. The box was washed by Sara. Leo was in the bakery. Sara brought the box to Leo. Leo was happy.',
      bad: 'It was a sunny day. Sara was in the shop. Leo was in the bakery. Sara brought the box to Leo. The box was washed by Sara. Leo was happy.',
    },
    {
      good: 'It was a sunny day. Mia was in the bakery. The ball was lost by Mia. Sara was in the bakery too. Sara found the ball. Sara brought the ball to Mia.',
      bad: 'It was a sunny day. Mia was in the bakery. The ball was lost by Mia. Sara found the ball. Sara was in the bakery too. Sara brought the ball to Mia.',
    },
  ],
  zh: [
    {
      good: '乐乐在商店。杯子是乐乐捡到的。小芳在公园。乐乐把杯子带给小芳。小芳很开心。',
      bad: '乐乐在商店。杯子是乐乐捡到的。小芳在公园。乐乐把小船带给小芳。小芳很开心。',
    },
    {
      good: '天天在村子。小船是天天做好的。小虎在森林。机器人是小虎弄丢的。小虎不开心。傍晚他们回家了。',
      bad: '天天在村子。小船是天天做好的。小虎在森林。小船是小虎弄丢的。小虎不开心。傍晚他们回家了。',
    },
    {
      good: '那是一个寒冷的早晨。小鹿在花园。小鹿做好了贝壳。小鹿把贝壳带回家。小鹿很开心。',
      bad: '那是一个寒冷的早晨。小鹿在花园。豆豆做好了贝壳。小鹿把贝壳带回家。小鹿很开心。',
    },
    {
      good: '小华在城堡。小华洗净了篮子。小强也在城堡。小华把篮子给小强看。小强谢谢小华。',
      bad: '小华在城堡。小华洗净了篮子。小强也在城堡。小华把篮子给小强看。小强谢谢小华。小华洗净了篮子。',
    },
    {
      good: '小梅在学校。小梅收好了机器人。小丽也在学校。小梅把机器人送给小丽。小丽很开心。傍晚他们回家了。',
      bad: '小梅在学校。小梅收好了机器人。小丽也在学校。小丽很开心。小梅把机器人送给小丽。傍晚他们回家了。',
    },
    {
      good: '那是一个晴天。天天在谷仓。天天弄丢了小船。小梅在草地。小梅找到了小船。小梅把小船带给天天。',
      bad: '那是一个晴天。天天在谷仓。天天弄丢了小船。小梅在草地。天天找到了小船。小梅把小船带给天天。',
    },
    {
      good: '那是一个寒冷的早晨。小猫在草地。外套是小猫洗净的。小熊在学校。硬币是小熊收好的。小熊把硬币带给小猫。',
      bad: '那是一个寒冷的早晨。小猫在草地。外套是小猫洗净的。小熊在学校。外套是小熊收好的。小熊把硬币带给小猫。',
    },
    {
      good: '小龙在谷仓。小龙洗净了鼓。小龙把鼓带回家。小龙很开心。',
      bad: '小龙在谷仓。小龙洗净了鼓。小龙把鼓带回家。小雪很开心。',
    },
    {
      good: '那是一个晴天。小鹿在阁楼。球是小鹿做好的。小强也在阁楼。小鹿把球送给小强。小强谢谢小鹿。',
      bad: '那是一个晴天。小鹿在阁楼。球是小鹿做好的。小鹿把球送给小强。小强谢谢小鹿。',
    },
    {
      good: '那是一个晴天。小鹿在公园。盒子是小鹿洗净的。小狗在阁楼。小狗找到了风筝。小狗去找小鹿。',
      bad: '那是一个晴天。小狗在公园。盒子是小鹿洗净的。小狗在阁楼。小狗找到了风筝。小狗去找小鹿。',
    },
    {
      good: '小丽在地窖。书是小丽收好的。小雨在面包店。小丽去找小雨。小丽把书给小雨看。小丽把书带回家。',
      bad: '小丽在地窖。书是小丽收好的。小丽去找小雨。小丽把书给小雨看。小丽把书带回家。',
    },
    {
      good: '那是一个寒冷的早晨。小鹿在山洞。小鹿做好了帽子。小刚在商店。小鹿把帽子带给小刚。小刚谢谢小鹿。',
      bad: '那是一个寒冷的早晨。小鹿在山洞。小鹿做好了帽子。小刚在商店。小刚谢谢小鹿。小鹿把帽子带给小刚。小刚谢谢小鹿。',
    },
    {
      good: '小美在厨房。小美洗净了外套。小鹿在高塔。小美去找小鹿。小美把外套给小鹿看。小美把外套带回家。',
      bad: '小美在厨房。小美洗净了外套。小鹿在高塔。小美去找小鹿。小美把外套给小鹿看。小美把篮子带回家。',
    },
    {
      good: '那是一个寒冷的早晨。小强在商店。钥匙是小强捡到的。小熊也在商店。小强把钥匙给小熊看。小强把钥匙送给小熊。',
      bad: '那是一个寒冷的早晨。小强在学校。钥匙是小强捡到的。小熊也在商店。小强把钥匙给小熊看。小强把钥匙送给小熊。',
    },
    {
      good: '那是一个寒冷的早晨。小明在谷仓。笛子是小明收好的。小猫在阁楼。小明去找小猫。真是美好的一天。',
      bad: '那是一个寒冷的早晨。小明在谷仓。笛子是小明收好的。真是美好的一天。小猫在阁楼。小明去找小猫。真是美好的一天。',
    },
    {
      good: '有一天，雨停了。小梅在阁楼。勺子是小梅做好的。小虎也在阁楼。小梅把勺子给小虎看。小虎谢谢小梅。',
      bad: '有一天，雨停了。勺子是小梅做好的。小虎也在阁楼。小梅把勺子给小虎看。小虎谢谢小梅。',
    },
  ],
}

export const written: Both<readonly Cast[]> = {
  en: [
    {
      name: 'Tim',
      good: 'Tim was in the shop. Tim bought a doll. Max was in the shop. Tim took the doll home.',
      bad: 'Tim was in the library. The robot was washed by Tim. Bob took the robot home. It was a good day.',
    },
    {
      name: 'Mia',
      good: 'It was a sunny day. Mia was in the library. The box was kept by Mia. Mia took the box home. Mia was happy. It was a good day.',
      bad: 'Mia was in the tower. Mia made a spoon. Mia was in the tower. Mia went to see Mia. Mia showed the spoon to Mia. It was a good day.',
    },
    {
      name: 'Tim',
      good: 'Tim was in the attic. Tim washed a cup. Tim took the cup home. Tim was happy. It was a good day.',
      bad: 'Tim was in the castle. Tim kept a boat. Sara took the boat home. Tim was happy. It was a good day.',
    },
    {
      name: 'Lucy',
      good: 'Lucy was in the library. Lucy lost a key. Lucy was sad. Lucy looked for the key.',
      bad: 'Lucy was in the forest. Lucy bought a scarf. Sam took the scarf home. Lucy was happy.',
    },
    {
      name: 'Grace',
      good: 'Grace was in the school. The clock was washed by Grace. Grace took the clock home. Grace was happy. It was a good day.',
      bad: 'Grace was in the cellar. The flower was lost by Grace. Grace took the flower home. Grace was happy. It was a good day.',
    },
    {
      name: 'Ella',
      good: 'Ella was in the tower. Ella kept a book. Ella took the book home. Ella was happy.',
      bad: 'Ella was in the library. Ella dropped a bell. Finn was sad. Ella looked for the bell.',
    },
    {
      name: 'Ruby',
      good: 'Ruby was in the cave. Ruby made a doll. Ruby took the doll home. Ruby was happy.',
      bad: 'Ruby was in the park. Ruby kept a clock. Dan took the clock home. Ruby was happy.',
    },
    {
      name: 'Emma',
      good: 'Emma was in the library. Emma made a clock. Emma took the clock home. Emma was happy. It was a good day.',
      bad: 'Emma was in the park. Emma washed a leaf. Emma was in the school too. Emma took the leaf home. Emma was happy.',
    },
    {
      name: 'Nina',
      good: 'It was a sunny day. Nina was in the library. Nina washed a ring. Nina took the ring home. Nina was happy.',
      bad: 'It was a cold morning. Nina was in the cave. Nina bought a ball. Mia took the ball home. Nina was happy.',
    },
    {
      name: 'Mia',
      good: 'It was a sunny day. Mia was in the bakery. Mia bought a drum. Mia took the drum home. Mia was happy.',
      bad: 'Mia was in the cellar. Mia bought a coin. Jack took the coin home. Mia was happy. It was a good day.',
    },
    {
      name: 'Tom',
      good: 'One day the rain stopped. Tom was in the cellar. The box was dropped by Tom. Tom was sad. Tom looked for the box.',
      bad: 'It was a cold morning. Tom was in the kitchen. Tom kept a cup. Tom was in the garden. Tom took the cup home. Tom was happy.',
    },
    {
      name: 'Anna',
      good: 'Anna was in the library. Anna made a mirror. Anna took the mirror home.',
      bad: 'Anna was in the library. Anna found a basket. Max took the basket home.',
    },
    {
      name: 'Lily',
      good: 'It was a cold morning. Lily was in the castle. Lily found a robot. Lily took the robot home. Lily was happy.',
      bad: 'Lily was in the garden. Lily kept a feather. Rose took the feather home. Lily was happy. It was a good day.',
    },
    {
      name: 'Ella',
      good: 'Ella was in the bakery. Ella bought a ring. Ella took the ring home. Ella was happy. It was a good day.',
      bad: 'Ella was in the castle. Ella dropped a key. Anna was sad. Ella looked for the key.',
    },
    {
      name: 'Anna',
      good: 'Anna was in the kitchen. Anna lost a lamp. Anna was sad. Anna looked for the lamp.',
      bad: 'Anna was in the attic. Anna bought a mirror. Max took the mirror home. Anna was happy. It was a good day.',
    },
    {
      name: 'Rose',
      good: 'Rose was in the kitchen. Rose found a ball. Rose took the ball home. Rose was happy. It was a good day.',
      bad: 'Rose was in the cave. Rose dropped a mirror. Sam was sad. Rose looked for the mirror.',
    },
    {
      name: 'Nina',
      good: 'Nina was in the village. The box was made by Nina. Tom was in the village too. Nina gave the box to Tom. Tom thanked Nina.',
      bad: 'Nina was in the shop. The flute was made by Nina. Ella was in the attic too. Nina showed the flute to Ella. Ella thanked Nina.',
    },
    {
      name: 'Leo',
      good: 'Leo was in the cave. Leo found a flute. Leo took the flute home. Leo was happy.',
      bad: 'Leo was in the village. The robot was washed by Leo. Leo was in the village. Leo went to see Leo.',
    },
    {
      name: 'Bob',
      good: 'It was a cold morning. Bob was in the kitchen. Bob dropped a candle. Bob was sad. Bob looked for the candle.',
      bad: 'It was a cold morning. Bob was in the shop. The hat was kept by Bob. Tim was in the shop too. Bob gave the hat to Bob.',
    },
    {
      name: 'Ella',
      good: 'Ella was in the castle. Ella lost a bottle. Ella was sad. Ella looked for the bottle.',
      bad: 'Ella was in the tower. Ella kept a flower. Leo took the flower home. Ella was happy. It was a good day.',
    },
  ],
  zh: [
    {
      name: '小雪',
      good: '那是一个寒冷的早晨。小雪在阁楼。小雪捡到了花。小雪把花带回家。小雪很开心。',
      bad: '小雪在草地。小芳洗净了帽子。小芳把帽子带回家。小芳很开心。真是美好的一天。',
    },
    {
      name: '天天',
      good: '天天在村子。天天找到了小船。天天把小船带回家。天天很开心。真是美好的一天。',
      bad: '天天在山洞。天天找到了镜子。天天在草地。天天把镜子带给天天。天天很开心。傍晚他们回家了。',
    },
    {
      name: '圆圆',
      good: '圆圆在厨房。风筝是圆圆捡到的。小雨也在厨房。圆圆把风筝给小雨看。小雨很开心。圆圆把风筝带回家。',
      bad: '圆圆在厨房。贝壳是圆圆收好的。圆圆也在厨房。圆圆把贝壳送给圆圆。圆圆很开心。真是美好的一天。',
    },
    {
      name: '小狗',
      good: '小狗在高塔。盒子是小狗收好的。小狗把盒子带回家。小狗很开心。真是美好的一天。',
      bad: '那是一个晴天。小狗在公园。小狗捡到了杯子。豆豆在公园。小狗去找豆豆。小狗把杯子给豆豆看。',
    },
    {
      name: '小鹿',
      good: '小鹿在阁楼。小鹿找到了风筝。小鹿把风筝带回家。小鹿很开心。',
      bad: '小鹿在地窖。围巾是小鹿做好的。小雨把围巾带回家。小鹿很开心。',
    },
    {
      name: '小雪',
      good: '小雪在地窖。小雪洗净了钥匙。小雪把钥匙带回家。小雪很开心。',
      bad: '小雪在公园。贝壳是小雪收好的。小军把贝壳带回家。',
    },
    {
      name: '小兔',
      good: '小兔在商店。小兔找到了硬币。小兔把硬币带回家。小兔很开心。真是美好的一天。',
      bad: '小兔在山洞。小兔洗净了笛子。小兔在公园。小兔把笛子带给小兔。小兔很开心。',
    },
    {
      name: '乐乐',
      good: '乐乐在草地。球是乐乐做好的。天天在商店。乐乐把球带给天天。天天谢谢乐乐。',
      bad: '那是一个晴天。乐乐在商店。乐乐买下了闹钟。乐乐在面包店。乐乐把闹钟带给乐乐。乐乐很开心。',
    },
    {
      name: '小强',
      good: '小强在面包店。钥匙是小强捡到的。小狗在阁楼。小强去找小狗。小强把钥匙送给小狗。小狗很开心。',
      bad: '小强在山洞。小强找到了盒子。小强在公园。小强把盒子带给小强。小强谢谢小强。小强把盒子带回家。',
    },
    {
      name: '小军',
      good: '小军在图书馆。闹钟是小军收好的。小强在公园。小军把闹钟带回家。小军很开心。真是美好的一天。',
      bad: '小军在草地。小军找到了球。小军也在草地。小军把球送给小军。小军把球带回家。小军很开心。',
    },
    {
      name: '小梅',
      good: '小梅在厨房。花是小梅捡到的。小梅把花带回家。真是美好的一天。',
      bad: '小梅在学校。小梅买下了戒指。小梅在地窖。小梅把戒指送给小梅。小梅很开心。',
    },
    {
      name: '圆圆',
      good: '圆圆在山洞。风筝是圆圆买下的。小兔在森林。圆圆把风筝带给小兔。小兔很开心。傍晚他们回家了。',
      bad: '那是一个寒冷的早晨。圆圆在草地。外套是圆圆做好的。圆圆在商店。圆圆去找圆圆。圆圆把外套送给圆圆。',
    },
    {
      name: '豆豆',
      good: '有一天，雨停了。豆豆在草地。豆豆找到了风筝。豆豆把风筝带回家。豆豆很开心。真是美好的一天。',
      bad: '豆豆在城堡。豆豆捡到了球。豆豆在商店。豆豆去找豆豆。豆豆把球给豆豆看。豆豆把球送给豆豆。',
    },
    {
      name: '小梅',
      good: '小梅在厨房。小梅捡到了娃娃。小芳在森林。小梅把娃娃带给小芳。小芳把娃娃带回家。',
      bad: '小梅在地窖。小梅洗净了勺子。小梅也在地窖。小梅把勺子送给小梅。小梅很开心。',
    },
    {
      name: '豆豆',
      good: '豆豆在图书馆。豆豆弄丢了闹钟。小狗在阁楼。小狗找到了闹钟。小狗把闹钟带给豆豆。豆豆谢谢小狗。',
      bad: '豆豆在地窖。小船是豆豆买下的。豆豆在商店。豆豆把小船带给豆豆。豆豆把小船带回家。豆豆很开心。',
    },
    {
      name: '豆豆',
      good: '豆豆在面包店。豆豆做好了篮子。豆豆把篮子带回家。豆豆很开心。真是美好的一天。',
      bad: '豆豆在地窖。豆豆捡到了书。豆豆在草地。豆豆把书带回家。豆豆很开心。',
    },
    {
      name: '豆豆',
      good: '豆豆在草地。豆豆收好了铃铛。豆豆把铃铛带回家。豆豆很开心。真是美好的一天。',
      bad: '那是一个寒冷的早晨。豆豆在山洞。帽子是豆豆找到的。小梅把帽子带回家。豆豆很开心。',
    },
    {
      name: '小明',
      good: '那是一个寒冷的早晨。小明在商店。灯是小明捡到的。小明把灯带回家。小明很开心。',
      bad: '那是一个寒冷的早晨。小明在面包店。小明找到了哨子。小明在商店。小明把哨子带回家。小明很开心。',
    },
    {
      name: '天天',
      good: '天天在山洞。镜子是天天洗净的。小雨在城堡。天天把镜子带给小雨。小雨谢谢天天。小雨把镜子带回家。',
      bad: '天天在阁楼。天天买下了杯子。小兔在草地。天天去找小兔。天天把杯子给小兔看。小兔把杯子带回家。',
    },
    {
      name: '天天',
      good: '天天在高塔。天天买下了贝壳。小华也在高塔。天天把贝壳送给小华。小华很开心。',
      bad: '天天在商店。天天买下了鼓。小红在阁楼。天天把鼓带回家。天天很开心。傍晚他们回家了。',
    },
  ],
}
