/// <reference path="../../../../js-glue/raclettejs.d.ts" />
